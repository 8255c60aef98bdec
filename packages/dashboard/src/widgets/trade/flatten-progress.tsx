// The emergency stop while it runs: position by position, until the terminal says flat.
import { Button, Modal } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { commandQuery, useSend } from '../../live/index.ts'
import { isSettled, nowText, refusalText, statusWord, storyTone } from '../../trade/command-story.ts'
import { progressOf, type Target, type Where } from '../../trade/flatten.ts'
import { lotsText, plural, StatusChip } from '../../ui/index.ts'
import { useTargets } from './emergency.tsx'
import { SendFault } from './sent.tsx'
import styles from './trade.module.css'

const WORDS: Readonly<Record<Where, { word: string; tone: 'ok' | 'watch' | 'bad' }>> = {
  closed: { word: 'gone', tone: 'ok' },
  open: { word: 'still there', tone: 'watch' },
  resists: { word: 'resists', tone: 'bad' },
}

export function FlattenProgress({
  account,
  symbol,
  command_id,
  targets,
  onAgain,
  onClose,
}: {
  account: string
  symbol: string | null
  command_id: string
  targets: readonly Target[]
  /** What stayed open is to be closed by another command. */
  onAgain: (command_id: string, targets: readonly Target[]) => void
  onClose: () => void
}) {
  const { data: command } = useQuery(commandQuery(account, command_id))
  const now = useTargets(account, symbol)
  const { rows, gone, resisting, flat, newer } = progressOf(targets, now ?? targets, command)
  const { send, busy, error, in_doubt, again } = useSend(account, (id) => onAgain(id, now ?? targets))
  const over = command !== undefined && isSettled(command.status)
  const what = symbol === null ? `account ${account}` : `${symbol} of account ${account}`
  const said = flat
    ? `The terminal says flat: nothing of ${what} is open.`
    : resisting > 0
      ? `${plural(resisting, 'position')} could not be closed yet.`
      : `${gone} of ${rows.length} gone.`
  return (
    <Modal opened onClose={onClose} title={`Closing ${what}`} centered size="lg" data-ngt-modal>
      <div className={styles.form}>
        <p role="status">
          <b>{said}</b>
        </p>
        <progress
          className={styles.meter}
          aria-label="Closed so far"
          max={Math.max(1, rows.length)}
          value={flat ? Math.max(1, rows.length) : gone}
        />
        {command ? (
          <div className={styles.row}>
            <StatusChip
              label="Command"
              tone={storyTone(command.status)}
              word={statusWord(command.status)}
              since={command.completed_at ?? command.sent_at ?? command.created_at}
              cause={`command ${command_id}`}
            />
            <span className={styles.now}>{nowText(command)}</span>
          </div>
        ) : null}
        <ul className={styles.progress}>
          {rows.map(({ what, ticket, side, volume, symbol: of, where, retcode, error }) => (
            <li key={`${what} ${ticket}`}>
              <span>
                {side} {lotsText(volume)} {of} #{ticket}
              </span>
              <StatusChip {...WORDS[where]} />
              {where === 'resists' ? <small>{refusalText(retcode, error)}</small> : null}
            </li>
          ))}
        </ul>
        {newer.length > 0 ? (
          <p>Opened since, and not closed by this: {newer.map((ticket) => `#${ticket}`).join(', ')}</p>
        ) : null}
        <SendFault error={error} in_doubt={in_doubt} again={again} busy={busy} />
        <div className={styles.row}>
          <span className={styles.hint}>{over ? '' : 'It goes on when this is closed, too.'}</span>
          {over && !flat ? (
            <Button
              color="red"
              loading={busy}
              disabled={in_doubt}
              onClick={() =>
                send({
                  type: 'CLOSE_ALL',
                  ...(symbol === null ? {} : { symbol }),
                  reason: 'emergency button of the dashboard, again',
                })
              }
            >
              Close what is left
            </Button>
          ) : null}
          <Button variant="default" onClick={onClose}>
            {flat ? 'Done' : 'Close this view'}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
