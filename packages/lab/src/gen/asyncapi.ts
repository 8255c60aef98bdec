// The WebSockets as AsyncAPI 3.0, out of the schemas that the doors check with: /ws/ea on 9900, /ws/ticks on 9901,
// /ws on 9905.
import {
  commandEndpoints,
  EA_CLOSE,
  type Endpoint,
  LIVE_CLOSE,
  LIVE_MESSAGES,
  limits,
  PushMessage,
  SocketReply,
  SubscribeCandlesMessage,
  SubscribeMessage,
  SubscribeTicksMessage,
  TICK_SOCKET_SAYS,
  TickSocketOpen,
  TickSocketSymbols,
  tradeEndpoints,
} from '@ngtb/protocol'
import { EXAMPLES } from './asyncapi-examples.ts'

interface Schema {
  readonly properties?: Readonly<Record<string, unknown>>
  readonly required?: readonly string[]
}

interface Message {
  readonly summary: string
  readonly payload: Schema
}

/** What an EA says over its socket: each is the endpoint of that name, checked by the same schema. */
const EA_WORDS = [
  'connect',
  'heartbeat',
  'get_commands',
  'command_response',
  'command_responses',
  'disconnect',
  'events',
] as const

const WORDS = { ...commandEndpoints, ...tradeEndpoints }

const fromEa = (name: (typeof EA_WORDS)[number]): Message => {
  const { summary, body }: Endpoint = WORDS[name]
  const ref = { description: 'comes back in the reply' }
  return {
    summary,
    payload: merged({ properties: { type: { const: name }, ref }, required: ['type'] }, body),
  }
}

const replyTo = (name: (typeof EA_WORDS)[number]): Message => {
  const { reply, path }: Endpoint = WORDS[name]
  return { summary: `The answer to ${name}, as ${path} gives it`, payload: merged(SocketReply, reply) }
}

/** The second's fields beside the first's. */
function merged(head: Schema, body: Schema | undefined): Schema {
  return {
    ...plain(body ?? {}),
    ...{ type: 'object' },
    properties: { ...plain(head).properties, ...plain(body ?? {}).properties },
    required: [...new Set([...(head.required ?? []), ...(body?.required ?? [])])],
  }
}

const plain = (schema: Schema): Schema => JSON.parse(JSON.stringify(schema)) as Schema

const refused: Message = {
  summary: 'The answer to what is refused: code, sentence, and where it pays to wait, for how long',
  payload: merged(SocketReply, {
    properties: {
      status: { const: 'error' },
      error: { type: 'string', description: 'a code of docs/reference/errors.md' },
      message: { type: 'string' },
      retry_after_s: { type: 'number' },
    },
    required: ['status', 'error', 'message'],
  }),
}

const SUMMARIES: Record<keyof typeof LIVE_MESSAGES, string> = {
  event: 'What was committed, in order of seq; quotes and heartbeat figures are the latest only',
  subscribed: 'From here on the topics are told',
  skipped: 'A slow listener lost quotes',
  ticks_subscribed: 'From here on ticks are told',
  ticks: 'The newest quotes, or every tick in the order of arrival; `cursor` is where to go on from',
  candles_subscribed: 'From here on these candles are told',
  candles: 'What changed of a series, the newest state of each candle',
  error: 'What was asked for is refused; the window stays as it is',
}

/** By channel: who says what. Names are unique in the whole document. */
const CHANNELS = {
  ea: {
    address: '/ws/ea',
    description: `The two-way line of a native EA, on 9900. Closed with ${EA_CLOSE.FENCED} when another session was accepted, ${EA_CLOSE.KEY_GONE} when the key is no longer good. The server pings every 5 s.`,
    security: ['ea_key'],
    receives: Object.fromEntries(EA_WORDS.map((name) => [name, fromEa(name)])),
    sends: {
      commands: { summary: 'Commands that are due, by themselves', payload: plain(PushMessage) },
      ...Object.fromEntries(EA_WORDS.map((name) => [`${name}_reply`, replyTo(name)])),
      refused,
    },
  },
  ticks: {
    address: '/ws/ticks',
    description: `Ticks of a native EA in binary frames, on 9901, numbered by run: docs/spec/tick-batching.md says how a frame lies in memory. Closed with ${EA_CLOSE.FENCED} when the run was opened on another line, ${EA_CLOSE.KEY_GONE} when the key is no longer good. The server pings every 5 s.`,
    security: ['ea_key'],
    receives: {
      open: {
        summary: 'Begins a run, or goes on with one; the symbols are known by their places from then on',
        payload: plain(TickSocketOpen),
      },
      symbols: { summary: 'More symbols, behind those that are known', payload: plain(TickSocketSymbols) },
    },
    sends: {
      opened: { summary: 'The answer to open', payload: plain(TICK_SOCKET_SAYS.opened) },
      ack: { summary: 'A frame is committed', payload: plain(TICK_SOCKET_SAYS.ack) },
    },
  },
  live: {
    address: '/ws',
    description: `The live window, on 9905: events by topic, resumed behind a seq. Closed with ${LIVE_CLOSE.TOO_SLOW} when a listener falls too far behind, ${LIVE_CLOSE.KEY_GONE} when the key is no longer good.`,
    security: ['bearer', 'session'],
    receives: {
      subscribe: { summary: 'Topics from now on, or behind a seq', payload: plain(SubscribeMessage) },
      subscribe_ticks: {
        summary: 'Ticks from now on, or behind a cursor; replaces what was asked of ticks before',
        payload: plain(SubscribeTicksMessage),
      },
      subscribe_candles: {
        summary: 'Candles of these series, as they grow; replaces what was asked of candles before',
        payload: plain(SubscribeCandlesMessage),
      },
    },
    sends: Object.fromEntries(
      Object.entries(LIVE_MESSAGES).map(([name, payload]) => [
        name,
        { summary: SUMMARIES[name as keyof typeof LIVE_MESSAGES], payload: plain(payload) },
      ]),
    ),
  },
} as const satisfies Record<string, Channel>

interface Channel {
  address: string
  description: string
  security: readonly string[]
  receives: Record<string, Message>
  sends: Record<string, Message>
}

/** AsyncAPI 3.0; `send` and `receive` as the server does. */
export function asyncApi(): object {
  const channels = Object.entries<Channel>(CHANNELS)
  const all = channels.flatMap(([, { receives, sends }]) => Object.entries({ ...receives, ...sends }))
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'ngTradingBot',
      version: '0.1.0',
      description: `JSON texts over three WebSockets, and binary frames of ticks over one of them; a text of an EA has at most ${limits.body_bytes_max / 1024 / 1024} MiB. What the messages mean: docs/spec/native-protocol.md.`,
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(
      channels.map(([name, { address, description, receives, sends }]) => [
        name,
        { address, description, messages: refsTo([...Object.keys(receives), ...Object.keys(sends)]) },
      ]),
    ),
    operations: Object.fromEntries(
      channels.flatMap(([name, { security, receives, sends }]) => [
        operation(name, 'receive', Object.keys(receives), security),
        operation(name, 'send', Object.keys(sends), security),
      ]),
    ),
    components: {
      messages: Object.fromEntries(
        all.map(([name, { summary, payload }]) => [
          name,
          { name, summary, payload, examples: [{ payload: EXAMPLES[name] }] },
        ]),
      ),
      securitySchemes: {
        ea_key: { type: 'httpApiKey', in: 'header', name: 'X-API-Key', description: 'in the upgrade' },
        bearer: { type: 'http', scheme: 'bearer', description: 'in the upgrade: a management key' },
        session: {
          ...{ type: 'httpApiKey', in: 'cookie', name: 'ngt' },
          description:
            'in the upgrade, from a page of this server: a person’s session; over TLS `__Host-ngt`',
        },
      },
    },
  }
}

const refsTo = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }]))

const operation = (
  channel: string,
  action: 'send' | 'receive',
  names: string[],
  security: readonly string[],
) => [
  `${channel}_${action}`,
  {
    action,
    channel: { $ref: `#/channels/${channel}` },
    messages: names.map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` })),
    security: security.map((scheme) => ({ $ref: `#/components/securitySchemes/${scheme}` })),
  },
]
