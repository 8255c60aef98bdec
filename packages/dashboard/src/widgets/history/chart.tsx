// One chart over time, drawn by uPlot; its newest, lowest and highest figures stand in words above it.
import { useMantineColorScheme } from '@mantine/core'
import { useEffect, useMemo, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { type Columns, summaryOf } from '../../live/index.ts'
import { utcText } from '../../ui/index.ts'
import styles from './history.module.css'

export interface ChartLine {
  readonly name: string
  /** A name of tokens.css without its `--ngt-`. */
  readonly colour: 'accent' | 'gain' | 'loss' | 'soft'
  /** Told apart without colour. */
  readonly dashed?: boolean
}

interface ChartProps {
  readonly title: string
  readonly lines: readonly ChartLine[]
  readonly columns: Columns
  readonly text: (value: number | null) => string
  /** Seconds; the axis is as long as what was asked for, also where nothing was measured. */
  readonly span: readonly [from: number, to: number]
  /** Never higher or lower than this, e.g. a score. */
  readonly range?: readonly [number, number]
}

const HEIGHT = 132
const DASH = [5, 4]
const DAY_S = 86_400

export default function Chart({ title, lines, columns, text, span, range }: ChartProps) {
  const frame = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const [at, setAt] = useState<number | null>(null)
  const { colorScheme } = useMantineColorScheme()
  const [from, to] = span
  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are read anew with the scheme
  useEffect(() => {
    const box = frame.current
    if (!box) return
    const colour = (name: string) => getComputedStyle(box).getPropertyValue(`--ngt-${name}`).trim()
    const axis = {
      stroke: colour('faint'),
      grid: { stroke: colour('line'), width: 1 },
      ticks: { show: false },
      font: '11px "Inter Variable", sans-serif',
    }
    const made = new uPlot(
      {
        width: Math.max(120, box.clientWidth),
        height: HEIGHT,
        legend: { show: false },
        cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false } },
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), 'Etc/UTC'),
        scales: {
          x: { time: true, range: () => [from, to] },
          y: range ? { range: () => [...range] as [number, number] } : {},
        },
        axes: [
          { ...axis, size: 24, space: 64, values: (_, splits) => splits.map(momentText) },
          { ...axis, size: 56, space: 34, values: (_, splits) => splits.map((value) => text(value)) },
        ],
        series: [
          {},
          ...lines.map(({ name, colour: token, dashed }) => ({
            label: name,
            stroke: colour(token),
            width: 1.5,
            points: {
              show: (_: uPlot, __: number, first: number, last: number) => last - first < 3,
              size: 5,
            },
            ...(dashed ? { dash: DASH } : {}),
          })),
        ],
        hooks: { setCursor: [({ cursor }) => setAt(cursor.idx ?? null)] },
      },
      columns as uPlot.AlignedData,
      box,
    )
    plot.current = made
    const resized = new ResizeObserver(() =>
      made.setSize({ width: Math.max(120, box.clientWidth), height: HEIGHT }),
    )
    resized.observe(box)
    return () => {
      resized.disconnect()
      made.destroy()
      plot.current = null
    }
  }, [lines, colorScheme, from, to, text, range])
  useEffect(() => plot.current?.setData(columns as uPlot.AlignedData), [columns])
  const summaries = useMemo(() => columns.slice(1).map(summaryOf), [columns])
  const moment = at === null ? null : columns[0][at]
  return (
    <figure className={styles.chart}>
      <figcaption>
        <h3>{title}</h3>
        <ul>
          {lines.map(({ name, colour, dashed }, index) => {
            const { newest, low, high } = summaries[index] ?? { newest: null, low: null, high: null }
            const shown =
              moment === null || moment === undefined ? newest : (columns[index + 1]?.[at ?? 0] ?? null)
            return (
              <li key={name}>
                <i className={styles[colour]} data-dashed={dashed || undefined} aria-hidden="true" />
                {name} <b>{text(shown)}</b>
                <span className={low === null ? 'ngt-only-heard' : styles.reach}>
                  {low === null ? 'not measured' : `${text(low)} … ${text(high)}`}
                </span>
              </li>
            )
          })}
        </ul>
        <span className={styles.moment}>
          {moment === null || moment === undefined
            ? 'newest'
            : utcText(moment * 1_000).replace(/:\d\d\.\d+/, '')}
        </span>
      </figcaption>
      {columns[0].length === 0 ? <p className={styles.none}>Nothing was measured in this time.</p> : null}
      <div ref={frame} aria-hidden="true" hidden={columns[0].length === 0} />
    </figure>
  )
}

/** 14:30, and the day where one begins; UTC. */
function momentText(seconds: number): string {
  const text = new Date(seconds * 1_000).toISOString()
  return seconds % DAY_S === 0 ? text.slice(5, 10) : text.slice(11, 16)
}
