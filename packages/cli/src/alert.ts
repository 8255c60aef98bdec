// `ngtb alert …`: what is not in order, seen and ended; and whether the channels work.
import { setTimeout as pause } from 'node:timers/promises'
import { ALERT_SEVERITIES, ALERT_STATES, type AlertSeverity, CHANNELS } from '@ngtb/protocol'
import type { AlertsQuery, AlertView, ChannelName, ChannelView, Client } from '@ngtb/sdk'
import { type Command, Option } from 'commander'
import { type ClientOptions, withClient, withClientOptions } from './client.ts'
import { NotHeld } from './failures.ts'
import { group, subcommand } from './options.ts'
import { moment, say, table } from './output.ts'

/** A channel that does not answer ends its attempt after 15 s: longer is waited for none. */
const TEST_MS = 20_000
const LOOK_EVERY_MS = 200

interface ListOptions extends ClientOptions {
  state?: AlertsQuery['state']
  severity?: AlertSeverity
}

export function alertCommands(program: Command): void {
  const alert = group(program, 'alert', 'What is not in order, and who is told', 'alert list')
  withClientOptions(subcommand(alert, 'list', 'Alerts, newest first', 'alert list --state all'))
    .addOption(
      new Option('--state <state>', 'which')
        .choices([...ALERT_STATES, 'open', 'all'])
        .default('open', 'open: those that are not cleared'),
    )
    .addOption(new Option('--severity <severity>', 'of this severity').choices(ALERT_SEVERITIES))
    .action((options: ListOptions) => withClient(options, (client) => list(client, options)))
  for (const [name, about, done] of [
    ['ack', 'Say that you have seen an alert', 'acknowledged'],
    ['clear', 'Say that an alert is over; what still holds is raised again', 'cleared'],
  ] as const)
    withClientOptions(subcommand(alert, name, about, `alert ${name} 1f0a… --note "on it"`))
      .argument('<alert_id>')
      .option('--note <text>', 'a word for whoever looks later')
      .action((id: string, options: ClientOptions & { note?: string }) =>
        withClient(options, async ({ alerts }) => {
          const view = await (name === 'ack'
            ? alerts.acknowledge(id, options.note)
            : alerts.clear(id, options.note))
          say(options, view, () => `${done}: ${view.text}`)
        }),
      )
  withClientOptions(
    subcommand(
      alert,
      'test',
      'Send a test message, and see whether it is taken',
      'alert test --channel telegram',
    ),
  )
    .addOption(new Option('--channel <channel>', 'this one only').choices(CHANNELS))
    .action((options: ClientOptions & { channel?: ChannelName }) =>
      withClient(options, (client) => tried(client, options)),
    )
}

async function list({ alerts }: Client, options: ListOptions): Promise<void> {
  const { account, severity, state } = options
  const page = await alerts.list({ state, severity, account, limit: 1_000 }).page()
  say(options, page, () =>
    page.items.length === 0
      ? state === 'open'
        ? 'All is in order.'
        : 'There are none.'
      : table(
          ['raised (UTC)', 'severity', 'state', 'account', 'times', 'what', 'alert_id'],
          page.items.map(rowOf),
        ),
  )
}

const rowOf = (alert: AlertView) => [
  moment(alert.raised_at),
  alert.severity,
  alert.state,
  alert.account_number ?? 'system',
  alert.count,
  alert.text,
  alert.alert_id,
]

/** Delivered: nothing waits in the channel any more. */
async function tried({ alerts }: Client, options: ClientOptions & { channel?: ChannelName }): Promise<void> {
  const sent = new Set((await alerts.test(options.channel)).map(({ channel }) => channel))
  const until = performance.now() + TEST_MS
  let channels: ChannelView[]
  do {
    await pause(LOOK_EVERY_MS)
    channels = (await alerts.channels()).filter(({ channel }) => sent.has(channel))
  } while (channels.some(({ waiting, error }) => waiting > 0 && error === null) && performance.now() < until)
  say(options, { items: channels }, () =>
    table(
      ['channel', 'to', 'result'],
      channels.map(({ channel, about, waiting, error }) => [
        channel,
        about,
        waiting === 0 ? 'taken' : `not taken, and sent again: ${error ?? 'no answer yet'}`,
      ]),
    ),
  )
  const stuck = channels.filter(({ waiting }) => waiting > 0).map(({ channel }) => channel)
  if (stuck.length > 0) throw new NotHeld(`not every channel took the message: ${stuck.join(', ')}`)
}
