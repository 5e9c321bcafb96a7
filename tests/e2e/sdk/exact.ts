// What each report answers. The published types leave enums, days and what may be null open; here they are not.
import type { ReportOutputTypes } from '@chatbotkit/sdk/types/report.js'

type Day = `${number}-${number}-${number}`
type Moment = `${Day}T${number}:${number}:${string}`
type Period = `last ${number} days`
type Sentiment = 'positive' | 'negative' | 'neutral' | 'unknown'
type Total = { date: Day; total: number }
type Metric = { value: number; change: number; period: Period; breakdown: Total[] }
type Average = { value: number; period: Period }
type Changed = { value: number; change: number }
type Series = Changed & { breakdown: Total[] }
type Compared = { current: number; previous: number; change: number; breakdown: Total[] }
type Votes = { thumbsUp: number; thumbsDown: number }

type Figure = { title: string; description: string; value: number; change?: number; period: Period | 'all time' }
type Ranked = { id: string; icon?: string; name: string; description: string; createdAt?: Moment; tags?: unknown[] }
type Details = { metric?: Figure; chart?: { type: 'line'; data: (Total & Partial<Votes>)[] }; list?: Ranked[] }
type Overview = { data: (Figure & { details?: Details })[] }

type Alert<Type> = {
  type: Type
  severity: 'info' | 'warning' | 'critical'
  title: string
  message: string
  metric?: { current: number; baseline?: number; percentage?: number }
}
type Alerts<Type> = {
  alerts: Alert<Type>[]
  summary: { totalAlerts: number; criticalCount: number; warningCount: number; infoCount: number }
  period: Period
}

export interface Exact {
  cm7k3m5n8k000008jq7h9e5b1a: { totalRecords: number; breakdown: { datasetId: string; records: number }[] }
  clr3m5n8k000008jq7h9e5b1a: Metric & Votes
  clr3m5n8k000108jq3c4d7f2b: Metric
  clr3m5n8k000208jq8e5f6g3c: Metric
  clr3m5n8k000308jq1h7i8j4d: { value: number; period: 'all time' }
  clr3m5n8k000408jq9i8j9k5e: Metric
  clr3m5n8k000508jq2j9k0l6f: Metric
  clr3m5n8k000608jq3k0l1m7g: Metric
  clr3m5n8k000708jq4l1m2n8h: Metric
  clr3m5n8k000808jq5m2n3o9i: Metric
  clr3m5n8k000908jq6n3o4p0j: Metric
  clr3m5n8k000a08jq7o4p5q1k: Average
  clr3m5n8k000b08jq8p5q6r2l: Average
  clr3m5n8k000c08jq9q6r7s3m: Average
  clr3m5n8k000d08jqar7s8t4n: Overview
  clr3m5n8k000e08jqbs0t1u5o: Votes & {
    totalConversations: number
    totalMessages: number
    totalTokens: number
    totalRatings: number
    sentimentSignal: Sentiment
    period: Period
  }
  clr3m5n8k000f08jqcs1u2v6p: Alerts<'usageSpike' | 'limit' | 'sentiment' | 'activity' | 'negativeFeedback'>
  clr3m5n8k000g08jqdt1u2v7q: {
    conversations: Compared
    messages: Compared
    tokens: Compared
    ratings: Votes & { total: number; change: number; sentimentSignal: Sentiment; breakdown: (Total & Votes)[] }
    period: Period
  }
  clr3m5n8k000h08jqeu2v3w8r: {
    avgMessagesPerConversation: { user: number; bot: number; activity: number }
    conversationDepth: { singleTurn: number; short: number; medium: number; long: number }
    totalConversations: number
    abandonmentRate: number
    avgTokensPerConversation: number
    avgTokensPerMessage: number
    topActions: { type: string; name: string; count: number }[]
    period: Period
  }
  clr3m5n8k000i08jqfv3w4x9s: Alerts<'negativeFeedback' | 'tokenSpike' | 'conversationDrop' | 'abandonmentSpike'>
  clr3m5n8k000j08jqgw4x5y0t: Votes & {
    items: {
      id: string
      value: number
      reason: string | null
      conversationId: string | null
      messageId: string | null
      contactId: string | null
      contactName: string | null
      createdAt: Moment
    }[]
    total: number
    period: Period
  }
  gpv2an25fuhe2k6v6ckv85v8: Overview
  pov1s2k3l4m5n6o7p8q9r0sov: {
    period: Period
    rangeLabel: string
    resources: { blueprints: Changed; portals: Changed; bots: Changed }
    tokens: Series
    conversations: Series
    messages: Series
    negativeRatings: Series
    positiveRatings: Changed
    topBots: (Votes & {
      id: string
      name: string
      tokens: number
      conversations: number
      thumbsUpRate: number | null
      sparkline: number[]
    })[]
    recentWork: {
      id: string
      kind: 'Blueprint' | 'Portal' | 'Bot' | 'Widget'
      name: string | null
      link: string
      createdAt: Moment
    }[]
  }
  /** Conversation Usage, which a later release of the client has. */
  cru3m5n8k001008jq7h9e5b2c: {
    totalTokens: number
    totalConversations: number
    totalMessages: number
    period: Period
    items: { conversationId: string; tokens: number; conversations: number; messages: number }[]
  }
}

// Compiles only while every type above is a narrower form of the published one.
type Narrower<T extends ReportOutputTypes> = T
export type Checked = Narrower<Exact>
