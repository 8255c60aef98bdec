// The live window: `/ws` on 9905 as it is on the wire, then the same by the SDK, resumed behind a seq.
import { createClient, type LiveEvent } from '@ngtb/sdk'
import WebSocket from 'ws'
import { enrol, managementKey, onStage, runDirectly, say } from './stage.ts'

export async function main() {
  return onStage(async (stage) => {
    const { account, api_key } = await enrol(stage)
    const key = await managementKey(stage)
    const socket = new WebSocket(`${stage.at.webui.replace('http', 'ws')}/ws`, {
      headers: { authorization: `Bearer ${key}` },
    })
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject))
    const heard = firstEvent(socket)
    socket.send(
      JSON.stringify({ type: 'subscribe', topics: ['trade', 'log'], accounts: [account], after: 0 }),
    )
    await say(
      'POST',
      `${stage.at.logs}/api/log`,
      { account, level: 'INFO', message: 'hello' },
      { 'x-api-key': api_key },
    )
    const { seq, topic, at, data } = await heard
    console.log('by /ws', { seq, topic, account, at, data })
    socket.terminate()

    const client = createClient({ url: stage.at.webui, api_key: key, account })
    let again: LiveEvent | undefined
    for await (const event of client.events({ topics: ['trade', 'log'], after: seq - 1 })) {
      console.log('by the SDK', event)
      again = event
      break
    }
    return { by_socket: { seq, topic }, by_sdk: { seq: again?.seq, topic: again?.topic } }
  })
}

/** The first message that is an event. */
function firstEvent(socket: WebSocket): Promise<LiveEvent> {
  return new Promise((resolve, reject) => {
    socket.on('message', (text) => {
      const message = JSON.parse(String(text)) as Partial<LiveEvent>
      if (typeof message.topic === 'string') resolve(message as LiveEvent)
    })
    socket.on('close', (code, reason) => reject(new Error(`closed with ${code} ${String(reason)}`)))
  })
}

await runDirectly(import.meta.url, main)
