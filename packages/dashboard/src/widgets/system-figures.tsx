// The counters of the server: what went through it since it keeps count.
import type { SystemStatusView } from '@ngtb/sdk'
import { countText, FigureOf, Figures, Flash } from '../ui/index.ts'

const percent = (rate: number): string => `${(rate <= 1 ? rate * 100 : rate).toFixed(1)} %`

export function SystemFigures({ status }: { status: SystemStatusView }) {
  const { connections, commands, data } = status
  const unknown = connections.total - connections.healthy
  return (
    <Figures>
      <FigureOf name="EAs healthy" note={unknown === 0 ? 'all of them' : `${unknown} not`}>
        {countText(connections.healthy)} / {countText(connections.total)}
      </FigureOf>
      <FigureOf name="Commands under way" note="pending or executing">
        <Flash value={commands.active}>{countText(commands.active)}</Flash>
      </FigureOf>
      <FigureOf
        name="Commands settled"
        note={commands.total_processed === 0 ? 'none so far' : `${percent(commands.success_rate)} completed`}
      >
        <Flash value={commands.total_processed}>{countText(commands.total_processed)}</Flash>
      </FigureOf>
      <FigureOf
        name="Failed or unknown"
        note={`${countText(commands.expired)} expired, ${countText(commands.cancelled)} cancelled`}
      >
        {countText(commands.total_failed)}
      </FigureOf>
      <FigureOf name="Ticks received">
        <Flash value={data.total_ticks_received}>{countText(data.total_ticks_received)}</Flash>
      </FigureOf>
      <FigureOf name="Heartbeats">{countText(data.total_heartbeats_received)}</FigureOf>
    </Figures>
  )
}
