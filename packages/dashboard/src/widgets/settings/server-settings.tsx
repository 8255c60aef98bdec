// The server's settings as they work, read only: they come from its environment, and a restart takes them in.
import { TextInput } from '@mantine/core'
import type { SettingView } from '@ngtb/protocol'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { settingsQuery } from '../../live/index.ts'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Ago, FigureOf, Figures, plural } from '../../ui/index.ts'
import styles from './settings.module.css'

const KEPT: readonly (readonly [setting: string, name: string, unit: string, of_zero: string])[] = [
  ['TICK_RETENTION_DAYS', 'Ticks are kept', 'days', 'for ever'],
  ['NGTB_HISTORY_DAYS', 'Measurements are kept', 'days', 'none is made'],
  ['COMMAND_TRACKER_MAX_AGE_HOURS', 'Settled commands at hand', 'hours', '—'],
]

export function ServerSettings() {
  const settings = useQuery(settingsQuery())
  const [search, setSearch] = useState('')
  const rows = useMemo(() => {
    const words = search.trim().toLowerCase()
    return settings.data?.filter(({ name, about }) => `${name} ${about}`.toLowerCase().includes(words))
  }, [settings.data, search])
  const settingOf = (name: string) => settings.data?.find((setting) => setting.name === name)?.value
  const changed = settings.data?.filter((setting) => setting.changed).length ?? 0
  return (
    <>
      <Figures>
        {KEPT.map(([setting, name, unit, of_zero]) => {
          const value = settingOf(setting)
          return (
            <FigureOf key={setting} name={name} note={<code>{setting}</code>}>
              {value === 0 ? of_zero : value === undefined ? '—' : `${String(value)} ${unit}`}
            </FigureOf>
          )
        })}
        <FigureOf name="Commands, trades, audit" note="nothing is ever deleted">
          for ever
        </FigureOf>
      </Figures>
      <TextInput
        label="Search"
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        placeholder="NGTB_ENROLLMENT, retention, port …"
        maw={360}
      />
      <DataTable
        title="Settings"
        context={
          settings.data ? (
            <>
              <span>
                {plural(settings.data.length, 'setting')}, {changed} not as by default
              </span>
              <span>they are set in the server’s environment or .env; a restart takes them in</span>
              <span>
                read <Ago at={settings.dataUpdatedAt} />
              </span>
            </>
          ) : null
        }
        columns={COLUMNS}
        rows={rows}
        keyOf={keyOf}
        error={settings.error}
        onRetry={() => void settings.refetch()}
        empty={{ title: 'No such setting', text: 'None has this in its name or its words.' }}
      />
    </>
  )
}

const keyOf = ({ name }: SettingView): string => name
const text = (value: SettingView['value']): string =>
  value === null ? 'unset' : value === true ? 'on' : value === false ? 'off' : String(value)

const COLUMNS: Column<SettingView>[] = [
  { id: 'name', head: 'Setting', by: ({ name }) => name, cell: ({ name }) => <code>{name}</code> },
  {
    id: 'value',
    head: 'Value',
    by: ({ changed }) => (changed ? 0 : 1),
    cell: ({ value, changed, redacted }) => (
      <>
        {changed ? <b>{text(value)}</b> : text(value)}
        {redacted ? <span className={styles.quiet}> secret left out</span> : null}
      </>
    ),
  },
  {
    id: 'default',
    head: 'By default',
    wide_only: true,
    cell: ({ changed, default: usual }) =>
      changed ? text(usual) : <span className={styles.quiet}>this</span>,
  },
  {
    id: 'about',
    head: 'What it is',
    wide_only: true,
    cell: ({ about }) => <span className={styles.about}>{about}</span>,
  },
]
