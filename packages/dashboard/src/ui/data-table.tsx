// The table of the house: sorts, moves by keyboard, and stays smooth with ten thousand rows.
//
//   T1. Only the rows in view are in the page; their numbers (aria-rowindex) are those of the whole.
//   T2. Arrow keys, PageUp, PageDown, Home and End move between rows; Enter opens one.
//   T3. What has no value is sorted behind everything, whichever way.
import { useMediaQuery } from '@mantine/hooks'
import {
  type ColumnDef,
  createSortedRowModel,
  rowSortingFeature,
  type SortingState,
  tableFeatures,
  useTable,
} from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react'
import styles from './data-table.module.css'
import { EmptyState, ErrorState, SkeletonRows } from './states.tsx'

export interface Column<Row> {
  readonly id: string
  readonly head: ReactNode
  readonly cell: (row: Row) => ReactNode
  /** What it is sorted by; without it the column can't be sorted. */
  readonly by?: (row: Row) => string | number | null | undefined
  /** Figures stand right. */
  readonly right?: boolean
  /** Left out where there is no room for it. */
  readonly wide_only?: boolean
  readonly width?: number
}

export interface DataTableProps<Row> {
  /** What the table is, for a screen reader and above it. */
  readonly title: string
  /** Hides the visible title where a heading says it already. */
  readonly title_hidden?: boolean
  /** How many, how fresh: one line. */
  readonly context?: ReactNode
  readonly columns: readonly Column<Row>[]
  /** Undefined: not there yet. Keep it the same array while nothing changed. */
  readonly rows: readonly Row[] | undefined
  readonly keyOf: (row: Row) => string
  readonly empty: { readonly title: string; readonly text?: ReactNode; readonly action?: ReactNode }
  readonly error?: Error | null
  readonly onRetry?: () => void
  readonly onOpen?: (row: Row) => void
  /** The last rows came into view: time for the next page. */
  readonly onEnd?: (() => void) | undefined
  readonly sorted_by?: { id: string; desc: boolean }
  /** Pixels; longer tables scroll in themselves. */
  readonly height_max?: number
}

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() })
const ROW_PX = 30
const AHEAD = 12

type Sortable = string | number
const ascending = (one: Sortable | undefined, other: Sortable | undefined): number => {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  return String(one).localeCompare(String(other), 'en', { numeric: true })
}

export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { title, title_hidden, context, rows, error } = props
  const name = useId()
  return (
    <section aria-labelledby={name}>
      <div className={styles.context}>
        <h2 id={name} className={title_hidden ? 'ngt-only-heard' : undefined}>
          {title}
        </h2>
        <span className={styles.told}>{context}</span>
      </div>
      {error && rows === undefined ? (
        <ErrorState error={error} onRetry={props.onRetry} />
      ) : rows === undefined ? (
        <SkeletonRows columns={props.columns.length} label={`${title}: loading`} />
      ) : rows.length === 0 ? (
        <EmptyState {...props.empty} />
      ) : (
        <Filled {...props} rows={rows} name={name} />
      )}
    </section>
  )
}

function Filled<Row extends object>({
  columns,
  rows,
  keyOf,
  onOpen,
  onEnd,
  sorted_by,
  height_max = 560,
  name,
}: DataTableProps<Row> & { rows: readonly Row[]; name: string }) {
  const narrow = useMediaQuery('(max-width: 720px)') ?? false
  const [sorting, setSorting] = useState<SortingState>(sorted_by ? [sorted_by] : [])
  const shown = useMemo(() => columns.filter((column) => !(narrow && column.wide_only)), [columns, narrow])
  const defs = useMemo(
    () =>
      shown.map(
        ({ id, by }): ColumnDef<typeof features, Row> => ({
          id,
          accessorFn: (row) => by?.(row) ?? undefined,
          enableSorting: by !== undefined,
          sortUndefined: 'last',
          sortFn: (a, b) => ascending(a.getValue(id), b.getValue(id)),
        }),
      ),
    [shown],
  )
  const table = useTable({
    features,
    columns: defs,
    data: rows as Row[],
    state: { sorting },
    onSortingChange: setSorting,
    getRowId: keyOf,
  })
  const ordered = table.getRowModel().rows
  const frame = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: ordered.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_PX,
    overscan: AHEAD,
  })
  const items = virtual.getVirtualItems()
  const at_end = items.length > 0 && (items.at(-1)?.index ?? 0) >= ordered.length - 1
  // Again for each page that came: a short one does not move the end out of view.
  // biome-ignore lint/correctness/useExhaustiveDependencies: more rows are a new end
  useEffect(() => {
    if (at_end) onEnd?.()
  }, [at_end, ordered.length, onEnd])
  const above = items[0]?.start ?? 0
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0)
  const [at, setAt] = useState(0)
  const moveTo = (index: number) => {
    const next = Math.min(Math.max(0, index), ordered.length - 1)
    setAt(next)
    virtual.scrollToIndex(next)
    requestAnimationFrame(() => frame.current?.querySelector<HTMLElement>(`[data-at="${next}"]`)?.focus())
  }
  const onKeyDown = (event: KeyboardEvent, index: number, row: Row) => {
    if (event.target !== event.currentTarget) return
    const step = STEPS[event.key]
    if (step === undefined && event.key !== 'Enter') return
    event.preventDefault()
    if (event.key === 'Enter') onOpen?.(row)
    else moveTo(step === undefined ? index : index + step)
  }
  return (
    <div ref={frame} className={styles.frame} style={{ maxHeight: height_max }}>
      <table className={styles.table} aria-labelledby={name} aria-rowcount={ordered.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {shown.map((column) => {
              const way = sorting.find(({ id }) => id === column.id)
              return (
                <th
                  key={column.id}
                  scope="col"
                  data-right={column.right || undefined}
                  style={column.width ? { width: column.width } : undefined}
                  aria-sort={way ? (way.desc ? 'descending' : 'ascending') : undefined}
                >
                  {column.by ? (
                    <button
                      type="button"
                      className={styles.sort}
                      onClick={() =>
                        setSorting([{ id: column.id, desc: way ? !way.desc : column.right === true }])
                      }
                    >
                      {column.head}
                      <span className={styles.way} aria-hidden="true">
                        {way ? (way.desc ? '▼' : '▲') : ''}
                      </span>
                    </button>
                  ) : (
                    <span>{column.head}</span>
                  )}
                </th>
              )
            })}
          </tr>
        </thead>
        <tbody>
          <Pad height={above} columns={shown.length} />
          {items.map(({ index }) => {
            const row = ordered[index]
            if (!row) return null
            return (
              <tr
                key={row.id}
                className={styles.row}
                data-at={index}
                data-opens={onOpen ? true : undefined}
                aria-rowindex={index + 2}
                tabIndex={index === at ? 0 : -1}
                onFocus={() => setAt(index)}
                onClick={onOpen ? () => onOpen(row.original) : undefined}
                onKeyDown={(event) => onKeyDown(event, index, row.original)}
              >
                {shown.map((column) => (
                  <td key={column.id} data-right={column.right || undefined}>
                    {column.cell(row.original)}
                  </td>
                ))}
              </tr>
            )
          })}
          <Pad height={below} columns={shown.length} />
        </tbody>
      </table>
    </div>
  )
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 15,
  PageUp: -15,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
}

/** In place of the rows that are out of view. */
function Pad({ height, columns }: { height: number; columns: number }) {
  if (height <= 0) return null
  return (
    <tr className={styles.pad}>
      <td colSpan={columns} style={{ height }} />
    </tr>
  )
}
