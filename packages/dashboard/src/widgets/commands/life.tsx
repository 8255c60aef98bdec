// One command's life as a timeline: every event of the ledger, what it took, who said it, and the raw wire beside it.
import type { CommandDetailView } from '@ngtb/sdk'
import { useMemo } from 'react'
import { type Life, type LifeStep, lifeOf, type Wire } from '../../live/index.ts'
import { Ago, clockText, msOf, msText, plural, StatusMark, spanText, utcText } from '../../ui/index.ts'
import styles from './commands.module.css'

export function CommandLife({ command, offset }: { command: CommandDetailView; offset: number | undefined }) {
  const life = useMemo(() => lifeOf(command), [command])
  return (
    <section aria-label="Life of the command">
      <h2>Life</h2>
      <Strip life={life} />
      <ol className={styles.life}>
        {life.steps.map((step) => (
          <Step key={step.event.seq} step={step} offset={offset} />
        ))}
      </ol>
      {life.wire_left.length > 0 ? (
        <>
          <h3>Also over the wire</h3>
          {life.wire_left.map((message) => (
            <WireText key={`${message.at} ${message.direction}`} message={message} />
          ))}
        </>
      ) : null}
      {command.wire.length === 0 ? (
        <p className={styles.by}>
          No raw wire is kept of this command: it is of an older time, or the server was flooded or ended
          before it was written.
        </p>
      ) : null}
    </section>
  )
}

/** Where the time went: each hop as wide as it was long; grey is waiting to be handed out. */
function Strip({ life: { hops, total_ms } }: { life: Life }) {
  if (hops.length === 0) return null
  const unsure = Math.max(0, ...hops.map(({ uncertainty_ms }) => uncertainty_ms ?? 0))
  return (
    <>
      <div className={styles.strip} aria-hidden="true">
        {hops.map(({ to, at, attempt, ms }) => (
          <span
            key={`${attempt} ${to} ${at}`}
            data-waits={to === 'delivered' || undefined}
            style={{ flexGrow: Math.max(1, ms) }}
          />
        ))}
      </div>
      <ul className={styles.legend} aria-label="Time of each hop">
        <li>
          whole life <b>{msText(total_ms)}</b>
        </li>
        {hops.map(({ to, at, attempt, ms, uncertainty_ms }) => (
          <li key={`${attempt} ${to} ${at}`}>
            to {to.replaceAll('_', ' ')}{' '}
            <b>
              {msText(ms)}
              {uncertainty_ms === undefined ? '' : ' *'}
            </b>
          </li>
        ))}
        {hops.some(({ uncertainty_ms }) => uncertainty_ms !== undefined) ? (
          <li>* by the EA’s clock, put on the server’s: ± {msText(unsure)}</li>
        ) : null}
      </ul>
      <br />
    </>
  )
}

function Step({ step, offset }: { step: LifeStep; offset: number | undefined }) {
  const { event, words, tone, took_ms, name, attempt, wire } = step
  return (
    <li className={styles.step}>
      <div className={styles.when}>
        <span title={utcText(msOf(event.at) ?? 0)}>{clockText(event.at)}</span>
        <span className={styles.took}>
          {took_ms === null ? (
            name === 'created' ? (
              <Ago at={event.at} broker_offset_minutes={offset} />
            ) : (
              ''
            )
          ) : (
            `+${msText(took_ms)}`
          )}
        </span>
      </div>
      <div className={styles.line}>
        <span className={styles.mark} data-tone={tone}>
          <StatusMark tone={tone} />
        </span>
      </div>
      <div className={styles.what}>
        <h3>
          {words}
          <span className={styles.by}>
            {name === 'delivered' ? `attempt ${attempt} · ` : ''}
            {event.actor} · seq {event.seq}
          </span>
        </h3>
        <Facts step={step} />
        {wire.map((message) => (
          <WireText key={`${message.at} ${message.direction}`} message={message} />
        ))}
      </div>
    </li>
  )
}

/** Numbers and names of the row that say nothing to a reader; they stand in the audit trail. */
const BESIDE = new Set([
  'status',
  'fingerprint',
  'command_no',
  'strategy_no',
  'timeout_ms',
  'max_retries',
  'type',
  'payload',
  'attempt',
  'response',
  'set',
  'way',
  'trace',
])

function Facts({ step: { event, handed, name } }: { step: LifeStep }) {
  const facts: (readonly [string, string])[] = []
  if (handed) {
    const lease = (msOf(handed.lease_expires_at) ?? 0) - (msOf(handed.delivered_at) ?? 0)
    facts.push(
      ['channel', handed.channel],
      ['lease', `${spanText(lease)}, until ${clockText(handed.lease_expires_at)}`],
    )
    facts.push([
      'answer',
      handed.answered_at
        ? `${handed.outcome ?? 'came'} at ${clockText(handed.answered_at)}`
        : (handed.outcome ?? 'none so far'),
    ])
  }
  for (const [field, value] of Object.entries(event.data)) {
    if (BESIDE.has(field) || value === null || (name === 'delivered' && field === 'lease_expires_at'))
      continue
    facts.push([field.replaceAll('_', ' '), factText(field, value)])
  }
  if (facts.length === 0) return null
  return (
    <dl className={styles.facts}>
      {facts.map(([field, text]) => (
        <FactRow key={field} field={field} text={text} />
      ))}
    </dl>
  )
}

const FactRow = ({ field, text }: { field: string; text: string }) => (
  <>
    <dt>{field}</dt>
    <dd>{text}</dd>
  </>
)

function factText(field: string, value: unknown): string {
  if (field === 'evidence' && typeof value === 'string') return evidenceText(value)
  if (field.endsWith('_at') && typeof value === 'number') return utcText(value)
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const EVIDENCE: Readonly<Record<string, string>> = {
  journal: 'the EA’s journal says so',
  tag: 'its tag was found at the broker',
  state: 'the position or order is as it was wanted',
  retcode: 'the broker’s return code',
  rejected: 'the EA refused it before the broker was asked',
  expired: 'the EA let it expire, untouched',
  settled: 'the EA disowned it: nothing was done',
  tombstone: 'the EA had struck it off: nothing was done',
  answer: 'the word of a plain client',
  position: 'a position that only this command can have opened',
  superseded: 'a newer command stands in its place',
  person: 'a person’s word',
}
export const evidenceText = (evidence: string): string =>
  EVIDENCE[evidence] ? `${evidence}: ${EVIDENCE[evidence]}` : evidence

function WireText({ message }: { message: Wire }) {
  const { direction, at, text, cut } = message
  return (
    <details className={styles.wire}>
      <summary>
        {direction === 'sent' ? 'Sent to the EA' : 'Received from the EA'}, raw · {clockText(at)} ·{' '}
        {plural(text.length, 'character')}
        {cut ? ', cut' : ''}
      </summary>
      <pre>{pretty(text)}</pre>
    </details>
  )
}

/** Laid out for reading; text that is cut is no JSON, and numbers beyond 2^53 must not be rounded. */
function pretty(text: string): string {
  if (/\d{16,}/.test(text)) return text.replaceAll(',"', ',\n"')
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
