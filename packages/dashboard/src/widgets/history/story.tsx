// The story of one trade or pending order: what happened, when, and who did it (R12).
import { Modal } from '@mantine/core'
import type { DealView, StoryLine } from '@ngtb/sdk'
import { useQuery } from '@tanstack/react-query'
import { clientOf } from '../../live/index.ts'
import { Ago, ErrorState, Figure, lotsText, ProfitLoss, priceText, SkeletonRows } from '../../ui/index.ts'
import { askedWord, enumWord, makerWord } from './makers.ts'
import styles from './story.module.css'

export interface StoryOf {
  what: 'trade' | 'order'
  ticket: string
}

interface StoryProps {
  account: string
  of: StoryOf | null
  digits: (symbol: string | null) => number | null | undefined
  currency_digits: number
  broker_offset_minutes: number
  onClose: () => void
}

export function Story({ of, onClose, ...rest }: StoryProps) {
  return (
    <Modal
      opened={of !== null}
      onClose={onClose}
      size="xl"
      title={of ? `${of.what === 'trade' ? 'Trade' : 'Order'} ${of.ticket}: who did what` : ''}
      data-ngt-modal
    >
      {of ? <Told {...rest} of={of} /> : null}
    </Modal>
  )
}

type ToldProps = Omit<StoryProps, 'onClose' | 'of'> & { of: StoryOf }

function Told({ account, of, digits, currency_digits, broker_offset_minutes }: ToldProps) {
  const { data, error, refetch } = useQuery({
    queryKey: ['trade', account, of.what, of.ticket],
    queryFn: async () => {
      const client = clientOf(account)
      if (of.what === 'trade') return client.tradeHistory(of.ticket)
      return { deals: [], story: (await client.order(of.ticket)).story }
    },
  })
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (!data) return <SkeletonRows columns={4} label="The story: loading" />
  return (
    <div className={styles.told}>
      <StoryList story={data.story} offset={broker_offset_minutes} />
      {data.deals.length > 0 ? (
        <DealList deals={data.deals} {...{ digits, currency_digits, offset: broker_offset_minutes }} />
      ) : null}
    </div>
  )
}

function StoryList({ story, offset }: { story: readonly StoryLine[]; offset: number }) {
  if (story.length === 0) return <p>Nothing is told of it in the audit trail.</p>
  return (
    <ol className={styles.story}>
      {story.map(({ seq, at, text, made_by, command_id, asked_by }) => (
        <li key={`${seq} ${text}`}>
          <span className={styles.at}>
            <Ago at={at} broker_offset_minutes={offset} />
          </span>
          <span>{text}</span>
          <span className={styles.who}>
            <b>{askedWord(asked_by) || makerWord(made_by)}</b>
            {asked_by ? ` by ${makerWord(made_by)}` : ''}
            {command_id ? <code title="command_id"> {command_id.slice(0, 8)}</code> : null}
          </span>
        </li>
      ))}
    </ol>
  )
}

function DealList({
  deals,
  digits,
  currency_digits,
  offset,
}: {
  deals: readonly DealView[]
  digits: StoryProps['digits']
  currency_digits: number
  offset: number
}) {
  return (
    <div className={styles.wide}>
      <table className={styles.deals}>
        <caption>Its deals</caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Deal</th>
            <th scope="col">Lots</th>
            <th scope="col">Price</th>
            <th scope="col">Profit</th>
            <th scope="col">Made by</th>
          </tr>
        </thead>
        <tbody>
          {deals.map((deal) => (
            <tr key={deal.deal}>
              <td>
                <Ago at={deal.time} broker_offset_minutes={offset} />
              </td>
              <td>
                {enumWord(deal.type)} {enumWord(deal.entry)}
              </td>
              <td>
                <Figure>{lotsText(deal.volume)}</Figure>
              </td>
              <td>
                <Figure>{priceText(deal.price, digits(deal.symbol))}</Figure>
              </td>
              <td>
                <ProfitLoss value={deal.profit} digits={currency_digits} />
              </td>
              <td>{makerWord(deal.made_by)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
