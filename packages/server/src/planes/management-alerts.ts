// Alerts over the management API: raised, listed, acknowledged, cleared; channels tried; thresholds set.
import {
  type AlertListQuery,
  type AlertSettings,
  type AlertTestBody,
  type AlertWordBody,
  type RaiseAlertBody,
  Refusal,
} from '@ngtb/protocol'
import { alertView, deliveryView } from '../services/alert-messages.ts'
import { loginOf, SYSTEM } from '../services/desks.ts'
import { sees } from '../services/keys.ts'
import { actorOf, type Call, type Handler } from './call.ts'
import { requireFreshWord } from './fresh-word.ts'
import { pathDesk, requireWholeSystem } from './management-accounts.ts'
import { pageReply, pageRequest } from './paging.ts'

const visibleTo = ({ principal }: Call): number | null => principal?.account_id ?? null
const login = (call: Call) => (account_id: number) => call.services.desks.login(account_id)

/** The account that is named; a bound key's own where none is. */
async function accountOf(call: Call, account_number: string | undefined): Promise<number | null> {
  if (account_number === undefined) return visibleTo(call)
  const desk = await call.services.desks.byNumber(loginOf(account_number))
  if (!desk || !call.principal || !sees(call.principal, desk.account_id))
    throw new Refusal(
      'NGTB_ACCOUNT_UNKNOWN',
      `there is no account with the login ${account_number.slice(0, 40)}`,
    )
  return desk.account_id
}

const word = (kind: 'acknowledge' | 'clear') => async (call: Call) => {
  const { note } = call.body as AlertWordBody
  const id = call.params.alert_id ?? ''
  const alert = await call.services.alerts.say(kind, id, visibleTo(call), actorOf(call), note)
  return alertView(alert, login(call))
}

async function settingsView(call: Call, account_id: number) {
  const { own, effective } = await call.services.alerts.settingsOf(account_id)
  const account_number = account_id === SYSTEM ? null : login(call)(account_id)
  return { account_number, settings: own, effective }
}

async function setSettings(call: Call, account_id: number) {
  requireFreshWord(call, 'to change what is an alert')
  const settings = call.body as AlertSettings
  await call.services.alerts.setSettings(account_id, settings, actorOf(call))
  return settingsView(call, account_id)
}

export const alertHandlers = {
  async raise_alert(call) {
    const { text, severity = 'warning', account_number, name } = call.body as RaiseAlertBody
    const account_id = (await accountOf(call, account_number)) ?? SYSTEM
    const { alerts, ids } = call.services
    const by_text = () => `${actorOf(call)} ${ids.sha256(text).slice(0, 16)}`
    const { alert, raised } = await alerts.raise(
      { text, severity, account_id, name: name ?? by_text() },
      actorOf(call),
    )
    call.reply.code(raised ? 201 : 200)
    return { ...alertView(alert, login(call)), raised }
  },

  async v1_alerts(call) {
    const { state = 'open', severity, rule, account } = call.query as AlertListQuery
    const account_id = await accountOf(call, account)
    const page = await call.services.store.alerts(pageRequest(call.query), {
      state,
      ...(severity !== undefined && { severity }),
      ...(rule !== undefined && { rule }),
      ...(account_id !== null && { account_id }),
    })
    return pageReply(page, (alert) => alertView(alert, login(call)))
  },

  async v1_alert(call) {
    const alert = await call.services.alerts.one(call.params.alert_id ?? '', visibleTo(call))
    const deliveries = await call.services.store.deliveriesOf(alert.alert_id)
    return { ...alertView(alert, login(call)), deliveries: deliveries.map(deliveryView) }
  },

  v1_alert_acknowledge: word('acknowledge'),
  v1_alert_clear: word('clear'),

  async v1_alert_test(call) {
    requireWholeSystem(call)
    const { channel } = call.body as AlertTestBody
    return { items: await call.services.alerts.test(channel, actorOf(call)) }
  },

  async v1_alert_channels(call) {
    const queues = new Map((await call.services.alerts.queues()).map((row) => [row.channel, row]))
    return {
      items: call.services.alerts.channels.map(({ channel, min_severity, about }) => {
        const { waiting = 0, given_up = 0, error = null } = queues.get(channel) ?? {}
        return { channel, about, min_severity, waiting, given_up, error }
      }),
    }
  },

  async v1_alert_settings(call) {
    requireWholeSystem(call)
    return settingsView(call, SYSTEM)
  },

  async v1_alert_settings_set(call) {
    requireWholeSystem(call)
    return setSettings(call, SYSTEM)
  },

  async v1_account_alert_settings(call) {
    return settingsView(call, (await pathDesk(call)).account_id)
  },

  async v1_account_alert_settings_set(call) {
    return setSettings(call, (await pathDesk(call)).account_id)
  },
} satisfies Record<string, Handler>
