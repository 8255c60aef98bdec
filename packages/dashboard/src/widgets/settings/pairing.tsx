// An EA comes to its account: what to allow in MetaTrader, the code for its input Server, and the wait until it is
// there.
import { Button, NativeSelect, TextInput } from '@mantine/core'
import type { PairedView, WaysView } from '@ngtb/protocol'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { isLogin, serverCode, session, useAct, waysQuery } from '../../live/index.ts'
import { Ago, CopyButton, ErrorState, SkeletonText } from '../../ui/index.ts'
import styles from './settings.module.css'
import { SettingsPanel } from './settings-frame.tsx'
import { Waiting } from './waiting.tsx'

export function Pairing() {
  const [paired, setPaired] = useState<PairedView | null>(null)
  return paired ? <Paired of={paired} onAgain={() => setPaired(null)} /> : <PairForm onPaired={setPaired} />
}

function PairForm({ onPaired }: { onPaired: (paired: PairedView) => void }) {
  const queries = useQueryClient()
  const [login, setLogin] = useState('')
  const [broker, setBroker] = useState('')
  const [host, setHost] = useState('')
  const pair = useAct(
    () =>
      session.pair({
        account: login.trim(),
        ...(broker.trim() === '' ? {} : { broker: broker.trim() }),
        ...(host.trim() === '' ? {} : { host: host.trim() }),
      }),
    {
      onSuccess: (made) => {
        void queries.invalidateQueries({ queryKey: ['keys'] })
        onPaired(made)
      },
    },
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    pair.mutate(undefined)
  }
  const wrong = login !== '' && !isLogin(login)
  return (
    <SettingsPanel title="Pair an EA">
      <p>
        Makes the key of one login’s EA and shows the one line that its input Server takes. If the login has a
        key already, the new one takes its place: the old one works until the new one is used.
      </p>
      <form className={styles.form} onSubmit={submit}>
        <TextInput
          label="MT5 login"
          value={login}
          onChange={(event) => setLogin(event.currentTarget.value)}
          inputMode="numeric"
          autoComplete="off"
          error={wrong ? 'A login is a number, as the terminal shows it.' : undefined}
          required
          withAsterisk={false}
        />
        <TextInput
          label="Broker"
          description="As it shall be shown until the EA says it; may be empty."
          value={broker}
          onChange={(event) => setBroker(event.currentTarget.value)}
          autoComplete="off"
        />
        <TextInput
          label="Name of this server, for the terminal"
          description="Only where the terminal reaches it by a name that is not in the list below."
          value={host}
          onChange={(event) => setHost(event.currentTarget.value)}
          autoComplete="off"
        />
        {pair.error ? <ErrorState error={pair.error} title="Nothing was made" /> : null}
        <div className={styles.row}>
          <Button type="submit" loading={pair.isPending} disabled={!isLogin(login)}>
            Show the code
          </Button>
        </div>
      </form>
    </SettingsPanel>
  )
}

function Paired({ of, onAgain }: { of: PairedView; onAgain: () => void }) {
  const [host, setHost] = useState(of.ways[0]?.host ?? '')
  const way = of.ways.find((one) => one.host === host)
  const code = way ? serverCode(way.server_url, of.api_key) : ''
  return (
    <SettingsPanel title={`Pair the EA of ${of.account_number}`}>
      <ol className={styles.steps}>
        <li>
          <b>Choose how the terminal reaches this server</b>
          <HostSelect ways={of} host={host} onHost={setHost} />
        </li>
        <li>
          <b>Allow these in MetaTrader</b>
          <Allow ways={of} host={host} />
        </li>
        <li>
          <b>Put this into the EA’s input Server</b>
          <div className={styles.once}>
            <output className={styles.secret} aria-label="The code">
              {code}
            </output>
            <p className={styles.warn}>
              It is shown only now, and holds the key: whoever has it can speak for this account’s EA.
              {of.replaced ? ' The key from before ends when this one is used.' : ''}
            </p>
            <div className={styles.row}>
              <CopyButton text={code} what="the code" />
            </div>
          </div>
        </li>
        <li>
          <b>Put the EA on a chart, with Algo Trading on</b>
          <Waiting account={of.account_number} since={of.paired_at} />
        </li>
      </ol>
      <div className={styles.row}>
        <Button variant="default" onClick={onAgain}>
          Pair another one
        </Button>
      </div>
    </SettingsPanel>
  )
}

function HostSelect({
  ways,
  host,
  onHost,
}: {
  ways: WaysView
  host: string
  onHost: (host: string) => void
}) {
  return (
    <NativeSelect
      aria-label="How the terminal reaches this server"
      value={host}
      onChange={(event) => onHost(event.currentTarget.value)}
      data={ways.ways.map((way) => ({ value: way.host, label: `${way.host} (${way.via})` }))}
    />
  )
}

function Allow({ ways, host }: { ways: WaysView; host: string }) {
  const way = ways.ways.find((one) => one.host === host)
  const lines = way ? [...way.urls, way.host] : []
  const { command, ticks, trades, logs } = ways.ports
  return (
    <>
      <p>Tools, Options, Expert Advisors: “Allow WebRequest for listed URL”, one a line.</p>
      <ul className={styles.urls} aria-label="URLs to allow">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <CopyButton text={lines.join('\n')} what="them" />
      {ways.in_a_row ? null : (
        <p className={styles.warn}>
          The EA looks for ticks, trades and logs on the three ports behind {command}; here they are on{' '}
          {ticks}, {trades} and {logs}. Set PORT_TICKS, PORT_TRADES and PORT_LOGS so that they follow
          PORT_COMMAND, and start it again.
        </p>
      )}
    </>
  )
}

/** Without a key in hand: an EA that comes without one gets it, within ten minutes. */
export function Enrolment() {
  const [login, setLogin] = useState('')
  const ways = useQuery(waysQuery())
  const [host, setHost] = useState<string | null>(null)
  const arm = useAct((account: string) => session.enrol(account))
  const chosen = host ?? ways.data?.ways[0]?.host ?? ''
  const submit = (event: FormEvent) => {
    event.preventDefault()
    arm.mutate(login.trim())
  }
  return (
    <SettingsPanel title="Let an EA enrol by itself">
      <p>
        For an EA that asks for its key at its first connect. For ten minutes whoever connects with this login
        gets it; of a known login it gives a new key, once.
      </p>
      <form className={styles.form} onSubmit={submit}>
        <TextInput
          label="MT5 login"
          value={login}
          onChange={(event) => setLogin(event.currentTarget.value)}
          inputMode="numeric"
          autoComplete="off"
          error={
            login !== '' && !isLogin(login) ? 'A login is a number, as the terminal shows it.' : undefined
          }
        />
        {arm.error ? <ErrorState error={arm.error} title="It was not armed" /> : null}
        <div className={styles.row}>
          <Button type="submit" variant="default" loading={arm.isPending} disabled={!isLogin(login)}>
            Arm it for ten minutes
          </Button>
        </div>
      </form>
      {arm.data ? (
        <>
          <p role="status">
            {arm.data.account_number} may enrol; that ends <Ago at={arm.data.armed_until} />.
          </p>
          <Waiting
            key={arm.data.armed_until}
            account={arm.data.account_number}
            since={new Date(Date.parse(arm.data.armed_until) - 600_000).toISOString()}
          />
        </>
      ) : null}
      <h3>Where EAs find this server</h3>
      {ways.data ? (
        <div>
          <HostSelect ways={ways.data} host={chosen} onHost={setHost} />
          <Allow ways={ways.data} host={chosen} />
        </div>
      ) : ways.error ? (
        <ErrorState error={ways.error} onRetry={() => void ways.refetch()} />
      ) : (
        <SkeletonText width={220} />
      )}
    </SettingsPanel>
  )
}
