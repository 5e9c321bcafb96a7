"""RingCX: the four reports of the older profile, and the four operations of the integration API."""

from wallboard.records._record import Record, Records, names

_SESSIONS = names(
    """
    Agent ID, Last Name, First Name, Username, Phone, Login DTS, Logout DTS, Dial Group, Presented, Accepted,
    Manual No Connect, RNA, Disp Xfers, %Calls Xfered, Talk Time (min), Avg Talk Time (min), Login Time (min),
    Login Utilization, Off Hook Time (min), Rounded OH Time (min), Off Hook Utilization, Off Hook to Login %,
    Work Time (min), Break Time (min), Away Time (min), Lunch Time (min), Training Time (min),
    Pending Disp Time (min), Avg Pending Disp Time, External Agent ID, Calls Placed On Hold, Time On Hold (min),
    Ring Time (min), EngagedTime (min), RNA Time (min), Available Time (min), Team, Login Session ID,
    Monitoring Sessions
    """
)

_CALLS = names(
    """
    uii, sourceType, sourceGroupId, sourceGroupName, sourceId, sourceName, sourceDescription, ani, dnis, callStatus,
    callResult, queueTime, callDuration, callTermParty, callTermReason, billingCode, callNotes, connectId,
    connectedName, connectedRoute, connectedDuration, connectedDisposition, finalDisposition, connectedTermParty,
    connectedTermReason, connectedExternId, recordingUrl, dialType, jsonResult, callStartDts, callEndDts,
    connectedDts
    """
)

_SEGMENTS = names(
    """
    Account ID, UII, Session ID, ANI, DNIS, Call Type, Agent ID, Agent Login ID, Agent First Name, Agent Last Name,
    Agent Username, Product Type, Product ID, Product Name, Enqueue Dts, Dequeue Dts, Queue Duration, Start Dts,
    End Dts, Duration, Wrap Time, Dial Dts, Dial Duration, Hold Duration, Agent Wait Duration, Term Party,
    Term Reason, Agent Disposition, Segment Recording File Name, Segment Recording URL
    """
)

_CLOUD = names(
    """
    cloud_profile_id, profile_name, uii, ani, dnis, outbound_externid, media_isci, media_network, media_market,
    media_code, media_format, media_version, media_length, enqueue_time, dequeue_time, queue_time, call_state,
    is_cellular, dequeue_attempts, call_result, inbound_duration, recording_url, connected_id, connected_name,
    connected_route, connected_duration, attempt_1_id, attempt_1_name, attempt_1_route, attempt_1_disp,
    attempt_2_id, attempt_2_name, attempt_2_route, attempt_2_disp
    """
)

_METADATA = names(
    """
    subAccountId, dialogId, interactionId, channelId, channelType, channelClass, channelEndpointAddress,
    contactEndpointAddress, dialogOrigination, dialogStartTimeMs, dialogEndTimeMs, dialogDurationMs, segmentId,
    segmentType, segmentParticipantId, segmentParticipantRcExtensionId, segmentStartTimeMs, segmentEndTimeMs,
    segmentDurationMs, segmentAgentGroupId, systemDisposition, agentDisposition, agentNotes, hasRecording,
    hasTranscript, segmentEvents
    """
)

_QUEUES = names(
    """
    abandIxnCnt, abandShortIxnCnt, abandWithinSlCnt, ansServicelevelCnt, answIxnCnt, completedContacts,
    dateTimeFrom, interval, offdDirectIxnCnt, overflowInIxnCnt, overflowOutIxnCnt, queue, queuedAbandLongestQueDur,
    queuedAndAbandIxnDur, queuedAndAnswIxnDur, queuedAnswLongestQueDur, queueName, segmentHoldTime, talkingIxnDur,
    waitDur, wrapUpDur
    """
)

_AGENTS = names(
    """
    interval, dateTimeFrom, agentId, agentName, availDur, totWorkDur, pauseDur, waitDur, adminDur, directOutIxnCnt,
    directOutIxnDur, directInIxnCnt, directInIxnDur
    """
)

_EXTENDED = names(
    """
    interval, dateTimeFrom, agentId, agentName, queue, queueName, talkingIxnDur, wrapUpDur, answIxnCnt,
    transferOutIxnCnt
    """
)

RECORDS = Records(
    "ringcx",
    [
        Record(
            name="call_details",
            title="Call Details and Recordings",
            streams=("global_call_type_detail",),
            kinds=("interaction",),
            columns=_CALLS,
        ),
        Record(
            name="agent_sessions",
            title="Agent Sessions",
            streams=("agent_session",),
            kinds=("session",),
            columns=_SESSIONS,
        ),
        Record(
            name="agent_segments",
            title="Agent Segments",
            streams=("agent_segment_metadata",),
            kinds=("leg",),
            columns=_SEGMENTS,
        ),
        Record(
            name="cloud_call_details",
            title="Cloud Call Details",
            streams=("cloud_call_detail",),
            kinds=("interaction",),
            columns=_CLOUD,
        ),
        Record(
            name="interaction_metadata",
            title="Interaction Metadata",
            streams=("interaction_metadata",),
            kinds=("interaction", "leg"),
            columns=_METADATA,
        ),
        Record(
            name="agg_queue_stats",
            title="Aggregate Queue Statistics",
            streams=("agg_queue_stats",),
            kinds=("queue_interval",),
            columns=_QUEUES,
        ),
        Record(
            name="agg_agent_stats",
            title="Aggregate Agent Statistics",
            streams=("agg_agent_stats",),
            kinds=("agent_interval",),
            columns=_AGENTS,
        ),
        Record(
            name="agg_agent_extended_stats",
            title="Aggregate Agent Extended Statistics",
            streams=("agg_agent_extended_stats",),
            kinds=("agent_interval",),
            columns=_EXTENDED,
        ),
    ],
)
