"""ChatBotKit: conversations, messages, contacts, ratings, usage and actions of AI agents, and what these are made of.

GET lists under https://api.chatbotkit.com/v1, signed by a secret as a Bearer. Messages are listed per conversation, ratings
per contact, records per dataset. Times are epoch milliseconds. Every list is read from its newest item on, so one window
is pulled at once, however long. The vendor limits how often lists are asked for (429, LIMITS_REACHED) and does not say at
how many calls; ten a second is our own choice.
"""

from wallboard.model.time import DAY
from wallboard.sources._source import Limit, Source, Stream, whole
from wallboard.sources.chatbotkit import pages, rows
from wallboard.sources.chatbotkit.settings import ChatBotKitSettings, hosts, login, organisation

_RESOURCES = {
    "bots": ("Bots", "bot"),
    "portals": ("Portals", "portal"),
    "blueprints": ("Blueprints", "blueprint"),
    "skillsets": ("Skillsets", "skillset"),
    "files": ("Files", "file"),
}

SOURCE = Source(
    vendor="chatbotkit",
    title="ChatBotKit",
    settings=ChatBotKitSettings,
    hosts=hosts,
    organisation=organisation,
    login=login,
    limits={"": Limit([(10, 1)])},
    words={
        401: "ChatBotKit does not know the secret, or the user to run as is no child account of its owner: make a token in "
        "the account's settings, and put it in",
        402: "ChatBotKit wants a subscription for this account: check its plan",
        403: "ChatBotKit refuses the secret: it must be one of the account that owns the bots, with access to all lists",
    },
    hashes_contacts=False,
    streams=[
        Stream(
            name="conversations",
            title="Conversations",
            kinds=("conversation",),
            cursor="start of the conversation, or its last change",
            pages=pages.listed("conversation", changes=True),
            normalise=rows.conversation,
            cut=whole,
            feeds=("conversations", "active contacts"),
            personal=("name", "description", "meta", "text"),
        ),
        Stream(
            name="messages",
            title="Messages",
            kinds=("message",),
            cursor="time of sending",
            pages=pages.messages,
            normalise=rows.message,
            cut=whole,
            overlap=DAY,
            feeds=("messages", "depth of conversations"),
            personal=("text", "meta"),
        ),
        Stream(
            name="contacts",
            title="Contacts",
            kinds=("contact",),
            cursor="time of making, or of the last change",
            pages=pages.listed("contact", changes=True),
            normalise=rows.contact,
            cut=whole,
            feeds=("contacts",),
            personal=("name", "email", "nick", "phone", "description", "fingerprint", "meta", "preferences"),
        ),
        Stream(
            name="ratings",
            title="Ratings of contacts",
            kinds=("rating",),
            cursor="time of rating",
            pages=pages.ratings,
            normalise=rows.rating,
            cut=whole,
            feeds=("ratings",),
            personal=("reason", "meta"),
        ),
        Stream(
            name="usage",
            title="Usage",
            kinds=("usage",),
            cursor="time of use",
            pages=pages.listed("usage"),
            normalise=rows.usage,
            cut=whole,
            feeds=("tokens",),
            personal=("meta",),
        ),
        Stream(
            name="event_log",
            title="Event log",
            kinds=("action",),
            cursor="time of the event",
            pages=pages.listed("event/log"),
            normalise=rows.logged,
            cut=whole,
            feeds=("actions",),
            personal=("data", "meta", "text", "input", "output"),
        ),
        Stream(
            name="datasets",
            title="Datasets and their records",
            kinds=("resource",),
            cursor="now: all that there are",
            pages=pages.datasets,
            normalise=rows.resource("dataset"),
            cut=whole,
            feeds=("datasets", "records"),
            personal=(),
            lists=("dataset",),
        ),
        *(
            Stream(
                name=name,
                title=title,
                kinds=("resource",),
                cursor="now: all that there are",
                pages=pages.everything(type_),
                normalise=rows.resource(type_),
                cut=whole,
                feeds=(name,),
                personal=(),
                lists=(type_,),
            )
            for name, (title, type_) in _RESOURCES.items()
        ),
    ],
)
