// The chart itself, without React: made once, told what changed.
import {
  type AutoscaleInfo,
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  type IPriceLine,
  LineStyle,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts'
import { axisText, type Bar, type Fill, type Line, withLines } from '../../trade/candles.ts'

/** C1 of trade/candles.ts. */
const timeOf = (ms: number) => (ms / 1_000) as UTCTimestamp
const itemOf = ({ time_ms, open, high, low, close }: Bar) => ({
  time: timeOf(time_ms),
  open,
  high,
  low,
  close,
})

const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--ngt-${name}`).trim()

export interface CanvasEnds {
  /** The candle under the pointer, null: none. */
  onPoint(bar: Bar | null): void
  /** The left end is near. */
  onLeft(): void
}

export type Canvas = ReturnType<typeof makeCanvas>

export function makeCanvas(frame: HTMLElement, ends: CanvasEnds) {
  let drawn: { lines: readonly Line[]; fills: readonly Fill[] } = { lines: [], fills: [] }
  const chart = createChart(frame, {
    autoSize: true,
    // Its logo writes a <style>, which the page's policy refuses; the link stands below the chart.
    layout: { attributionLogo: false, fontSize: 11 },
    timeScale: { timeVisible: true, secondsVisible: false, rightOffset: 8, minBarSpacing: 1 },
    crosshair: { mode: 0 },
  })
  const series = chart.addSeries(CandlestickSeries, {
    priceLineVisible: true,
    // Lines that are not far away are kept in view; one that is far must not flatten the candles.
    autoscaleInfoProvider: (original: () => AutoscaleInfo | null) => {
      const info = original()
      if (!info?.priceRange) return info
      const { minValue, maxValue } = withLines(info.priceRange, drawn.lines)
      return { ...info, priceRange: { minValue, maxValue } }
    },
  })
  const markers = createSeriesMarkers(series, [])
  let lines: IPriceLine[] = []
  let ask: IPriceLine | undefined
  let by_time = new Map<number, Bar>()
  let newest = Number.NEGATIVE_INFINITY

  chart.subscribeCrosshairMove(({ time }) =>
    ends.onPoint(typeof time === 'number' ? (by_time.get(time * 1_000) ?? null) : null),
  )
  chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
    if (range && range.from < 10 && by_time.size > 0) ends.onLeft()
  })

  function paint(): void {
    const line = colour('line')
    chart.applyOptions({
      layout: {
        background: { color: colour('surface') },
        textColor: colour('soft'),
        fontFamily: getComputedStyle(document.body).fontFamily,
      },
      grid: { vertLines: { color: line }, horzLines: { color: line } },
      rightPriceScale: { borderColor: line },
      timeScale: { borderColor: line },
    })
    const [gain, loss] = [colour('gain'), colour('loss')]
    series.applyOptions({
      ...{ upColor: gain, wickUpColor: gain, borderUpColor: gain },
      ...{ downColor: colour('surface'), wickDownColor: loss, borderDownColor: loss },
    })
    ask?.applyOptions({ color: colour('faint') })
    draw(drawn.lines, drawn.fills)
  }

  function draw(wanted: readonly Line[], fills: readonly Fill[]): void {
    drawn = { lines: wanted, fills }
    for (const line of lines) series.removePriceLine(line)
    lines = wanted.map(({ price, kind, title }) =>
      series.createPriceLine({
        ...{ price, title, axisLabelVisible: true, lineWidth: 1 as const },
        color: colour(LINE_COLOURS[kind]),
        lineStyle: kind === 'buy' || kind === 'sell' ? LineStyle.Solid : LineStyle.Dashed,
      }),
    )
    markers.setMarkers(
      fills
        .filter(({ time_ms }) => by_time.has(time_ms))
        .map(
          ({ time_ms, side, text, out }): SeriesMarker<Time> => ({
            time: timeOf(time_ms),
            position: side === 'buy' ? 'belowBar' : 'aboveBar',
            shape: out ? 'circle' : side === 'buy' ? 'arrowUp' : 'arrowDown',
            color: colour(side === 'buy' ? 'gain' : 'loss'),
            text,
          }),
        ),
    )
  }

  return {
    paint,
    draw,
    /** All of it; what was seen stays in view. */
    setBars(bars: readonly Bar[]): void {
      by_time = new Map(bars.map((bar) => [bar.time_ms, bar]))
      newest = bars.at(-1)?.time_ms ?? Number.NEGATIVE_INFINITY
      series.setData(bars.map(itemOf))
      draw(drawn.lines, drawn.fills)
    },
    /** The newest one grew, or a newer one began. */
    grow(bar: Bar): void {
      by_time.set(bar.time_ms, bar)
      // Only the end of a series can be told alone; what is older is in the next setBars.
      if (bar.time_ms < newest) return
      newest = bar.time_ms
      series.update(itemOf(bar))
    },
    setAsk(price: number | null): void {
      if (price === null) return
      const options = { price, title: 'ask', color: colour('faint'), lineStyle: LineStyle.Dotted }
      ask ??= series.createPriceLine({ ...options, lineWidth: 1, axisLabelVisible: false })
      ask.applyOptions(options)
    },
    setScale(digits: number, offset_minutes: number): void {
      series.applyOptions({ priceFormat: { type: 'price', precision: digits, minMove: 1 / 10 ** digits } })
      chart.applyOptions({
        localization: { timeFormatter: (time: Time) => axisText(Number(time) * 1_000, offset_minutes) },
      })
    },
    toNewest: () => chart.timeScale().scrollToRealTime(),
    end: () => chart.remove(),
  }
}

const LINE_COLOURS = { buy: 'gain', sell: 'loss', sl: 'bad', tp: 'accent', order: 'watch' } as const
