// The keys of machines and programs, as a table; secrets are never in it.
import { Button } from '@mantine/core'
import type { KeyView, NewKeyView } from '@ngtb/protocol'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { keyStanding, keysQuery, useNow } from '../../live/index.ts'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Ago, plural, StatusChip } from '../../ui/index.ts'
import { KeyRevoke, KeyRotate } from './key-acts.tsx'
import { KeyCreate } from './key-create.tsx'
import { Once } from './once.tsx'
import styles from './settings.module.css'

type Doing = { what: 'create' } | { what: 'rotate' | 'revoke'; key: KeyView } | null

export function Keys() {
  const keys = useQuery(keysQuery())
  const queries = useQueryClient()
  const [doing, setDoing] = useState<Doing>(null)
  const [made, setMade] = useState<NewKeyView | null>(null)
  const [all, setAll] = useState(false)
  const columns = useMemo(() => columnsOf(setDoing), [])
  const rows = useMemo(
    () => keys.data?.filter((key) => all || keyStanding(key, Date.now()).alive),
    [keys.data, all],
  )
  const over =
    (keys.data?.length ?? 0) - (keys.data?.filter((key) => keyStanding(key, Date.now()).alive).length ?? 0)
  const close = () => setDoing(null)
  const refresh = () => void queries.invalidateQueries({ queryKey: ['keys'] })
  const onMade = (key: NewKeyView) => {
    close()
    setMade(key)
    refresh()
  }
  const asked = (what: 'rotate' | 'revoke') => (doing?.what === what ? doing.key : null)
  return (
    <>
      <DataTable
        title="Keys"
        context={
          keys.data ? (
            <>
              <span>{plural(keys.data.length - over, 'key')} in use</span>
              {over > 0 ? (
                <Button size="compact-xs" variant="default" onClick={() => setAll(!all)}>
                  {all ? 'Hide' : 'Show'} {plural(over, 'ended one')}
                </Button>
              ) : null}
              <span>
                read <Ago at={keys.dataUpdatedAt} />
              </span>
              <Button size="compact-sm" onClick={() => setDoing({ what: 'create' })}>
                New key
              </Button>
            </>
          ) : null
        }
        columns={columns}
        rows={rows}
        keyOf={keyOf}
        error={keys.error}
        onRetry={() => void keys.refetch()}
        sorted_by={{ id: 'created', desc: true }}
        empty={{
          title: 'No key',
          text: 'A program needs one to read or trade; an EA gets its own by pairing.',
          action: <Button onClick={() => setDoing({ what: 'create' })}>New key</Button>,
        }}
      />
      <KeyCreate opened={doing?.what === 'create'} onClose={close} onMade={onMade} />
      <KeyRotate of={asked('rotate')} onClose={close} onMade={onMade} />
      <KeyRevoke
        of={asked('revoke')}
        onClose={close}
        onDone={() => {
          close()
          refresh()
        }}
      />
      <Once
        title={`The key ${made?.label ?? ''}`}
        about={
          made?.scopes.includes('ea:session')
            ? 'In the EA’s input Server it stands behind the #: URL#key.'
            : 'A program sends it as “Authorization: Bearer …”; the SDK takes it as api_key or NGTB_API_KEY.'
        }
        secret={made?.api_key ?? null}
        what="the key"
        onKept={() => setMade(null)}
      />
    </>
  )
}

const keyOf = ({ key_id }: KeyView): string => key_id

function columnsOf(act: (doing: Doing) => void): Column<KeyView>[] {
  return [
    {
      id: 'label',
      head: 'What it is for',
      by: ({ label }) => label,
      cell: ({ label, key_id }) => (label ? <b>{label}</b> : <code>{key_id}</code>),
    },
    { id: 'standing', head: 'Standing', cell: (key) => <Standing of={key} /> },
    {
      id: 'scopes',
      head: 'May do',
      by: ({ scopes }) => scopes.join(' '),
      cell: ({ scopes }) => <code>{scopes.join(' ')}</code>,
    },
    {
      id: 'account',
      head: 'Account',
      by: ({ account_number }) => account_number,
      cell: ({ account_number }) => account_number ?? 'every',
    },
    {
      id: 'used',
      head: 'Last used',
      by: ({ last_used_at }) => last_used_at,
      cell: ({ last_used_at }) => (last_used_at ? <Ago at={last_used_at} /> : 'never'),
    },
    {
      id: 'created',
      head: 'Made',
      wide_only: true,
      by: ({ created_at }) => created_at,
      cell: ({ created_at }) => <Ago at={created_at} />,
    },
    {
      id: 'id',
      head: 'Name in the audit trail',
      wide_only: true,
      cell: ({ key_id }) => <code>key:{key_id}</code>,
    },
    { id: 'acts', head: 'Acts', cell: (key) => <Acts of={key} act={act} /> },
  ]
}

function Standing({ of }: { of: KeyView }) {
  const { word, tone } = keyStanding(of, useNow())
  const ends = of.expires_at
  return (
    <>
      <StatusChip
        tone={tone}
        word={word}
        since={of.revoked_at}
        cause={of.revoked_at ? 'revoked by a person or a rotation' : ends ? `ends ${ends}` : 'has no end'}
      />{' '}
      {ends && !of.revoked_at ? <Ago at={ends} /> : null}
    </>
  )
}

function Acts({ of, act }: { of: KeyView; act: (doing: Doing) => void }) {
  if (!keyStanding(of, useNow()).alive) return null
  const name = of.label || of.key_id
  return (
    <span className={styles.acts}>
      <Button
        size="compact-xs"
        variant="default"
        aria-label={`Exchange ${name}`}
        onClick={() => act({ what: 'rotate', key: of })}
      >
        Exchange
      </Button>
      <Button
        size="compact-xs"
        variant="default"
        aria-label={`Revoke ${name}`}
        onClick={() => act({ what: 'revoke', key: of })}
      >
        Revoke
      </Button>
    </span>
  )
}
