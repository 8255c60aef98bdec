// The pages as a table: a page is one file here and one row below. The shell's navigation is read from it.
import type { ComponentType } from 'react'
import type { IconName } from '../ui/index.ts'
// The first page: in the first script.
import * as overview from './overview.tsx'

export interface PageRow {
  /** Of the hash: `/accounts/$login` has the account's login. */
  readonly path: string
  /** As the navigation calls it. */
  readonly title: string
  readonly icon: IconName
  /** `house`: always; `account`: below the chosen account; null: reached by links only. */
  readonly nav: 'house' | 'account' | null
  /** Who sees it in the navigation; left out: everybody. */
  readonly scope?: 'admin'
  /** Its code comes when it is opened. */
  readonly load: () => Promise<{ default: ComponentType }>
}

export const PAGES: readonly PageRow[] = [
  { path: '/', title: 'Overview', icon: 'overview', nav: 'house', load: async () => overview },
  { path: '/alerts', title: 'Alerts', icon: 'alerts', nav: 'house', load: () => import('./alerts.tsx') },
  { path: '/logs', title: 'Logs of all', icon: 'logs', nav: 'house', load: () => import('./all-logs.tsx') },
  {
    path: '/audit',
    title: 'Audit of all',
    icon: 'audit',
    nav: 'house',
    scope: 'admin',
    load: () => import('./audit.tsx'),
  },
  {
    path: '/accounts/$login',
    title: 'Positions',
    icon: 'trades',
    nav: 'account',
    load: () => import('./account.tsx'),
  },
  {
    path: '/accounts/$login/chart',
    title: 'Chart',
    icon: 'chart',
    nav: 'account',
    load: () => import('./chart.tsx'),
  },
  {
    path: '/accounts/$login/orders',
    title: 'Pending orders',
    icon: 'orders',
    nav: 'account',
    load: () => import('./orders.tsx'),
  },
  {
    path: '/accounts/$login/history',
    title: 'History',
    icon: 'history',
    nav: 'account',
    load: () => import('./history.tsx'),
  },
  {
    path: '/accounts/$login/limits',
    title: 'Limits & symbols',
    icon: 'settings',
    nav: 'account',
    load: () => import('./account-limits.tsx'),
  },
  {
    path: '/settings',
    title: 'Settings',
    icon: 'settings',
    nav: 'house',
    load: () => import('./settings.tsx'),
  },
  {
    path: '/settings/keys',
    title: 'Keys',
    icon: 'keys',
    nav: null,
    load: () => import('./settings-keys.tsx'),
  },
  {
    path: '/settings/pairing',
    title: 'Pairing',
    icon: 'account',
    nav: null,
    load: () => import('./settings-pairing.tsx'),
  },
  {
    path: '/settings/people',
    title: 'People',
    icon: 'people',
    nav: null,
    load: () => import('./settings-people.tsx'),
  },
  {
    path: '/settings/alerts',
    title: 'Alerts',
    icon: 'alerts',
    nav: null,
    load: () => import('./settings-alerts.tsx'),
  },
  {
    path: '/settings/server',
    title: 'Server',
    icon: 'health',
    nav: null,
    load: () => import('./settings-server.tsx'),
  },
  {
    path: '/accounts/$login/commands',
    title: 'Commands',
    icon: 'commands',
    nav: 'account',
    load: () => import('./commands.tsx'),
  },
  {
    path: '/accounts/$login/commands/$command_id',
    title: 'Command',
    icon: 'commands',
    nav: null,
    load: () => import('./command.tsx'),
  },
  {
    path: '/accounts/$login/logs',
    title: 'Logs',
    icon: 'logs',
    nav: 'account',
    load: () => import('./logs.tsx'),
  },
  {
    path: '/accounts/$login/audit',
    title: 'Audit',
    icon: 'audit',
    nav: 'account',
    load: () => import('./account-audit.tsx'),
  },
  {
    path: '/accounts/$login/replay',
    title: 'Replay',
    icon: 'replay',
    nav: 'account',
    load: () => import('./replay.tsx'),
  },
]
