// The marks of the navigation, drawn on a grid of sixteen.
const PATHS = {
  overview: 'M2.5 2.5h4.5v6H2.5zM9 2.5h4.5v3.5H9zM9 8h4.5v5.5H9zM2.5 10.5H7v3H2.5z',
  account: 'M2.5 4.5h11v8h-11zM2.5 7h11M5 10h2.5',
  chart: 'M3 13V9M6.5 13V5M10 13V7.5M13.5 13V3',
  trades: 'M3 5.5h9.5M10 3l2.5 2.5L10 8M13 10.5H3.5M6 8l-2.5 2.5L6 13',
  orders: 'M3.5 14V2.5M3.5 3h9l-2.2 3 2.2 3h-9',
  history: 'M2.5 8a5.5 5.5 0 1 0 1.7-4M2.5 2.5V5H5M8 5v3.2l2.2 1.3',
  commands: 'M3 4l3.5 4L3 12M8.5 12H13',
  logs: 'M3 3.5h10M3 6.5h7M3 9.5h10M3 12.5h5',
  people: 'M8 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM3 13.5c.6-2.4 2.6-3.7 5-3.7s4.4 1.3 5 3.7',
  keys: 'M6 7.5a2.6 2.6 0 1 0 0 5.2 2.6 2.6 0 0 0 0-5.2zM8 8.3L13 3.3M11 5.3l1.7 1.7',
  health: 'M2 8.5h3L6.7 4l2.6 8 1.7-3.5h3',
  settings: 'M2.5 4.5h6M11.5 4.5h2M10 3v3M2.5 8h2M7.5 8h6M6 6.5v3M2.5 11.5h5M10.5 11.5h3M9 10v3',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  close: 'M4 4l8 8M12 4l-8 8',
  sun: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.5V3M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M12.6 3.4l-1 1M4.4 11.6l-1 1',
  moon: 'M13 9.6A5.6 5.6 0 0 1 6.4 3a5.6 5.6 0 1 0 6.6 6.6z',
  down: 'M4 6l4 4 4-4',
  audit: 'M3 2.5h7l3 3v8H3zM10 2.5v3h3M5.5 9l1.5 1.5 3-3',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  )
}
