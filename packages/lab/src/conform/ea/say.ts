// What the runner says as the server: the usual answer, the dialogue's fields over it, and its list.
import type { Field, Json, Part } from '../language/dialogue.ts'
import { pick, put } from '../language/paths.ts'
import type { Scope } from '../language/scope.ts'
import { spelledOut } from '../language/verbs.ts'
import type { Body, Replies } from './replies.ts'

/**
 * Fields over a body. A variable without a value takes the one that is there: `command_no=$n` names the number that
 * the command is given anyway.
 */
export function sayOver(body: Body, fields: readonly Field[], scope: Scope): Body {
  const said = structuredClone(body)
  for (const { path, term } of fields) {
    if (term.kind === 'variable' && term.plus === 0 && !scope.knows(term.name))
      scope.bind(term.name, pick(said, path) ?? null)
    else put(said, path, term.kind === 'absent' ? undefined : scope.valueOf(term))
  }
  return said
}

/** The commands of a `+ …` list: `+ OPEN_TRADE id=@c1 …`, or `+ again @c1` for what was handed out before. */
export function commandsOf(items: readonly Part[], replies: Replies, scope: Scope): Json[] {
  return items.map((item) => {
    const again = item.words[0] === 'again'
    const words = again ? item.words.slice(1) : item.words
    const fields = spelledOut({ ...item, words }, { words: [again ? 'id' : 'type'] })
    const known = fields.filter(({ term }) => term.kind !== 'variable' || scope.knows(term.name))
    return sayOver(replies.command(sayOver({}, known, scope)), fields, scope)
  })
}
