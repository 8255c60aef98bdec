// MQL5 host, the parser: what it makes of a unit. All numbers are places in the list of tokens without white space;
// a range goes up to, and without, `to`. Expressions stay ranges: emit copies them, lint/expressions.ts reads them.

export interface Range {
  readonly from: number
  readonly to: number
}

export interface TypeName extends Range {
  readonly modifiers: readonly string[]
  /** `CArray` of `const CArray<int>`. */
  readonly name: string
}

export interface Declarator {
  /** Where its stars begin; the name itself when there are none. */
  readonly from: number
  readonly name: number
  readonly pointers: number
  /** Each without its brackets; an open dimension is empty. */
  readonly dims: readonly Range[]
  /** The brackets themselves. */
  readonly brackets: Range
  readonly args: Range | null
  readonly init: { readonly equals: number; readonly value: Range; readonly braces: boolean } | null
}

export interface Variables extends Range {
  readonly kind: 'variables'
  readonly type: TypeName
  readonly items: readonly Declarator[]
  /** The class of a static member defined outside of it: `int CThing::s_count=0;` */
  readonly owner: string | null
  readonly place: 'global' | 'local' | 'member'
}

export interface Parameter extends Range {
  readonly type: TypeName | null
  readonly pointers: number
  readonly reference: boolean
  readonly name: number | null
  readonly dims: readonly Range[]
  /** Where its name and brackets begin. */
  readonly rest: number
  /** With its equals sign. */
  readonly byDefault: Range | null
}

export interface Fn extends Range {
  readonly kind: 'function'
  readonly template: Range | null
  /** Null for constructors and destructors. */
  readonly type: TypeName | null
  readonly pointers: number
  /** `operator` and its sign are one name. */
  readonly name: Range
  readonly title: string
  readonly owner: string | null
  /** Where `Owner::` begins outside of its class; the name otherwise. */
  readonly nameFrom: number
  readonly place: 'global' | 'member' | 'out-of-line'
  readonly open: number
  readonly close: number
  readonly params: readonly Parameter[]
  readonly isConst: boolean
  /** From the closing parenthesis to the body: const, override, the list of a constructor. */
  readonly initList: Range | null
  readonly body: Block | null
}

export interface ClassDef extends Range {
  readonly kind: 'class'
  readonly word: 'class' | 'struct' | 'interface' | 'union'
  readonly template: Range | null
  readonly name: number
  readonly base: string | null
  readonly outer: string | null
  readonly members: readonly (Variables | Fn | ClassDef | EnumDef)[]
  /** By place in `members`. */
  readonly access: readonly string[]
  /** Only announced: `class CThing;` */
  readonly announced: boolean
}

export interface EnumDef extends Range {
  readonly kind: 'enum'
  readonly name: number | null
  readonly outer: string | null
  readonly members: readonly { readonly name: number; readonly value: Range | null }[]
}

export interface FunctionType extends Range {
  readonly kind: 'function-type'
  readonly name: string
}

export interface InputGroup extends Range {
  readonly kind: 'input-group'
}

export type TopLevel = Variables | Fn | ClassDef | EnumDef | FunctionType | InputGroup

export interface Block extends Range {
  readonly kind: 'block'
  readonly statements: readonly Statement[]
}

export type Statement =
  | Block
  | Variables
  | ({ readonly kind: 'expression'; readonly value: Range } & Range)
  | ({
      readonly kind: 'if'
      readonly condition: Range
      readonly then: Statement
      readonly otherwise: Statement | null
    } & Range)
  | ({ readonly kind: 'while' | 'do'; readonly condition: Range; readonly body: Statement } & Range)
  | ({ readonly kind: 'switch'; readonly condition: Range; readonly body: Statement } & Range)
  | ({
      readonly kind: 'for'
      readonly first: Statement | null
      readonly condition: Range
      readonly step: Range
      readonly body: Statement
    } & Range)
  | ({ readonly kind: 'case'; readonly value: Range | null } & Range)
  | ({ readonly kind: 'return'; readonly value: Range } & Range)
  | ({ readonly kind: 'delete'; readonly value: Range } & Range)
  | ({ readonly kind: 'break' | 'continue' | 'empty' } & Range)
