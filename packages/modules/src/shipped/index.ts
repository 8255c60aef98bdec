// The modules that come with the house, by name.
import { fileURLToPath } from 'node:url'

export const SHIPPED = {
  'connection-monitor':
    'alerts when a connection scores below 70, or failed three times in a row; looks every 60 s',
  'trailing-stop':
    'moves stop losses behind the price: start, distance and step in points; never loosens one',
  'daily-loss-guard':
    "closes opening, halts or flattens when the day's loss is too much, until the terminal says flat",
} as const
export type ShippedName = keyof typeof SHIPPED

export const isShipped = (name: string): name is ShippedName => Object.hasOwn(SHIPPED, name)

export const shippedFile = (name: ShippedName): string =>
  fileURLToPath(new URL(`./${name}.ts`, import.meta.url))
