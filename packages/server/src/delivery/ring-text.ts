// What goes over a wire: who rings, then account:version, separated by blanks. Nothing in it is data (W4 of wired.ts).

/** NOTIFY refuses a payload of 8000 bytes and more. */
const TEXT_MAX = 7_900

export type Rings = ReadonlyMap<number, number>

/** As many texts as it takes, each short enough for every wire. */
export function ringTexts(server_id: string, rings: Rings): string[] {
  const texts: string[] = []
  let text = server_id
  for (const [account_id, version] of rings) {
    const word = ` ${account_id}:${version}`
    if (text.length + word.length > TEXT_MAX) {
      texts.push(text)
      text = server_id
    }
    text += word
  }
  texts.push(text)
  return texts
}

/** Null for what is no ring of ours: a wire may be shared. */
export function readRingText(text: string): { server_id: string; rings: Map<number, number> } | null {
  const [server_id = '', ...words] = text.split(' ')
  const rings = new Map<number, number>()
  for (const word of words) {
    const [, account_id, version] = /^(\d{1,10}):(\d{1,16})$/.exec(word) ?? []
    if (account_id === undefined) return null
    rings.set(Number(account_id), Number(version))
  }
  return server_id === '' ? null : { server_id, rings }
}
