// Who may come in: invited, given another role, shut out, begun anew.
import { Button } from '@mantine/core'
import type { InvitedView, PersonView } from '@ngtb/protocol'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { peopleQuery, useSessionView } from '../../live/index.ts'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Ago, plural, StatusChip } from '../../ui/index.ts'
import { Once } from './once.tsx'
import { PersonAct, type PersonActing, PersonInvite } from './person-acts.tsx'
import styles from './settings.module.css'

export function People() {
  const people = useQuery(peopleQuery())
  const { person } = useSessionView()
  const queries = useQueryClient()
  const [inviting, setInviting] = useState(false)
  const [acting, setActing] = useState<PersonActing | null>(null)
  const [invited, setInvited] = useState<InvitedView | null>(null)
  const columns = useMemo(() => columnsOf(setActing, person.person_id), [person.person_id])
  const refresh = () => {
    void queries.invalidateQueries({ queryKey: ['people'] })
    void queries.invalidateQueries({ queryKey: ['sessions'] })
  }
  const onLink = (made: InvitedView) => {
    setInviting(false)
    setActing(null)
    setInvited(made)
    refresh()
  }
  return (
    <>
      <DataTable
        title="People"
        context={
          people.data ? (
            <>
              <span>
                {plural(people.data.length, 'person', 'people')},{' '}
                {plural(
                  people.data.filter(({ role, disabled }) => role === 'admin' && !disabled).length,
                  'admin',
                )}
              </span>
              <span>
                read <Ago at={people.dataUpdatedAt} />
              </span>
              <Button size="compact-sm" onClick={() => setInviting(true)}>
                Invite
              </Button>
            </>
          ) : null
        }
        columns={columns}
        rows={people.data}
        keyOf={keyOf}
        error={people.error}
        onRetry={() => void people.refetch()}
        sorted_by={{ id: 'name', desc: false }}
        empty={{ title: 'Nobody', text: 'Who is invited is here at once.' }}
      />
      <PersonInvite opened={inviting} onClose={() => setInviting(false)} onMade={onLink} />
      <PersonAct
        acting={acting}
        onClose={() => setActing(null)}
        onLink={onLink}
        onDone={() => {
          setActing(null)
          refresh()
        }}
      />
      <Once
        title={`The link for ${invited?.person.name ?? ''}`}
        about={
          <>
            Whoever opens it first chooses the password of {invited?.person.name} and is in as{' '}
            {invited?.person.role}. It is good once, and ends <Ago at={invited?.expires_at} />.
          </>
        }
        secret={invited?.link ?? null}
        what="the link"
        onKept={() => setInvited(null)}
      />
    </>
  )
}

const keyOf = ({ person_id }: PersonView): string => person_id

function columnsOf(act: (acting: PersonActing) => void, me: string): Column<PersonView>[] {
  return [
    {
      id: 'name',
      head: 'Name',
      by: ({ name }) => name,
      cell: ({ name, person_id }) => (
        <>
          <b>{name}</b> {person_id === me ? <span className={styles.quiet}>you</span> : null}
        </>
      ),
    },
    { id: 'role', head: 'Role', by: ({ role }) => role, cell: ({ role }) => role },
    { id: 'standing', head: 'Standing', cell: (person) => <Standing of={person} /> },
    {
      id: 'seen',
      head: 'Last login',
      wide_only: true,
      by: ({ last_login_at }) => last_login_at,
      cell: ({ last_login_at }) => (last_login_at ? <Ago at={last_login_at} /> : 'never'),
    },
    {
      id: 'since',
      head: 'Here since',
      wide_only: true,
      by: ({ created_at }) => created_at,
      cell: ({ created_at }) => <Ago at={created_at} />,
    },
    { id: 'acts', head: 'Acts', cell: (person) => <Acts of={person} act={act} /> },
  ]
}

function Standing({ of }: { of: PersonView }) {
  if (of.disabled)
    return (
      <StatusChip
        tone="unknown"
        word="disabled"
        cause="An admin shut this person out; the name stays taken"
      />
    )
  if (of.last_login_at === null)
    return <StatusChip tone="watch" word="invited" cause="The link was not used yet" since={of.created_at} />
  if (of.totp) return <StatusChip tone="ok" word="second factor" cause="A password alone lets nobody in" />
  return of.role === 'viewer' ? (
    <StatusChip tone="ok" word="password" cause="A viewer may do without a second factor" />
  ) : (
    <StatusChip tone="watch" word="no second factor" cause="May only look until it is set" />
  )
}

function Acts({ of, act }: { of: PersonView; act: (acting: PersonActing) => void }) {
  const button = (what: PersonActing['what'], word: string) => (
    <Button
      size="compact-xs"
      variant="default"
      aria-label={`${word}: ${of.name}`}
      onClick={() => act({ what, person: of })}
    >
      {word}
    </Button>
  )
  return (
    <span className={styles.acts}>
      {button('role', 'Role')}
      {button(of.disabled ? 'enable' : 'disable', of.disabled ? 'Enable' : 'Disable')}
      {button('reset', 'Reset')}
    </span>
  )
}
