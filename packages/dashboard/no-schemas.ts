// What the page has in typebox's place. It reads the protocol's paths, codes and limits, and never a schema; to build
// them all would cost each start an eighth of a second, and a tenth of the script.
//
//   S1. Whatever is built of it is the same nothing: it has no fields, and can't be asked whether a value fits.

const refuse = (what: string) => {
  throw new Error(`The page has no schemas (${what}): what it needs to know is a value of the protocol`)
}

/** What asks a value: TypeBox's words for it. */
const ASKS: ReadonlySet<PropertyKey> = new Set(['Check', 'Errors', 'Decode', 'Encode', 'Parse', 'Clean'])

const nothing: object = new Proxy(() => nothing, {
  get: (_, name) => (ASKS.has(name) ? () => refuse(String(name)) : nothing),
  apply: () => nothing,
})

export default nothing
export const Compile = (): never => refuse('Compile')
