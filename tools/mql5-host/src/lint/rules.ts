// MQL5 host, lint: every rule as data. `error`: MetaEditor refuses it (`code` is the number that it says);
// `warning`: MetaEditor warns, and the house ships without a warning; `house`: legal MQL5 that the host cannot run,
// or that means something else in C++. `$` in a sentence is what was found.

export type Level = 'error' | 'warning' | 'house'
export interface Rule {
  readonly level: Level
  readonly code: number | null
  /** What is wrong, and what to write instead. */
  readonly says: string
}

const error = (code: number | null, says: string): Rule => ({ level: 'error', code, says })
const warning = (code: number | null, says: string): Rule => ({ level: 'warning', code, says })
const house = (says: string): Rule => ({ level: 'house', code: null, says })

const TEXT = {
  'comment-open': error(null, 'a comment begins here and never ends: write */'),
  'double-quote': error(112, 'a string begins here and does not end on its line: write the closing "'),
  'single-quote': error(
    114,
    "a character or literal begins here and does not end on its line: write the closing '",
  ),
  'unknown-symbol': error(110, '$ is no sign of MQL5: outside strings and comments write ASCII'),
  'hex-escape': error(36, 'no digits after \\x in a string: write \\x and one to four hexadecimal digits'),
  'zero-escape': warning(null, '\\0 ends a string in MQL5: leave it out'),
  'unknown-escape': warning(25, '$ is no escape sequence: there are \\n \\r \\t \\\\ \\" \\\' and \\xHHHH'),
  'char-literal': error(null, '$ is not one character: write one, or a string in "…"'),
  'date-literal': error(287, "$ is no time: write D'2025.01.31 23:59:59'"),
  'date-incomplete': warning(21, "$ has no date: write D'2025.01.31 23:59'"),
  'color-literal': error(null, "$ is no colour: write C'red,green,blue', each 0 to 255"),
  'long-string': error(null, 'a string constant has at most 65,535 characters: put it together at run time'),
  'long-name': error(126, '$ has more than 63 characters: shorten the name'),
  'number-suffix': error(null, '$ has a suffix, which MQL5 does not know: cast it, as in (long)5'),
  'digit-separator': error(null, "$ has a separator: write the digits without '"),
  'leading-zero': house('$ is decimal in MQL5 and octal in C++: write it without the zero'),
  'prefixed-string': error(null, 'a prefixed or raw string: write "…" with escapes'),
} as const

const DIRECTIVES = {
  'unknown-directive': error(
    109,
    '#$ is no directive of MQL5: there are #define #undef #include #ifdef #ifndef #else #endif #property #resource #import',
  ),
  'define-name': error(108, '#define needs a name: write #define NAME value'),
  'include-name': error(105, 'write #include "file.mqh" or #include <file.mqh>'),
  'include-missing': error(
    106,
    '$ is not there: check the path; it is relative to this file, or to MQL5\\Include for <…>',
  ),
  'include-case': warning(null, '$ is spelled differently on disk: Windows does not care, other systems do'),
  'include-angle': house('<$> is outside of the product: ship your own include, in quotes'),
  'unbalanced-ifdef': error(
    372,
    '#ifdef, #else and #endif do not fit together: each #ifdef needs one #endif',
  ),
  resource: house('#resource is not supported by the host: keep data in MQL5\\Files'),
  import: house(
    '#import is not supported by the host, and users must not have to allow DLLs: write it in MQL5',
  ),
  'macro-declares': house('macro $ hides a declaration: write the declaration itself'),
} as const

const NOT_MQL5 = {
  'cpp-word': error(null, '$'),
  arrow: error(149, "'->' is C++: write '.', for pointers too"),
  lambda: error(149, 'a lambda is C++: write a function'),
  'rvalue-reference': error(149, "'&&' in a type is C++: write '&'"),
  'address-of': error(149, 'taking an address is C++: pass by reference, or use GetPointer()'),
  dereference: error(149, "'*' before a pointer is C++: write pointer.member"),
  'designated-init': error(149, 'a designated initialiser is C++: assign the members one by one'),
  'brace-init': error(149, '$ is initialised by braces: write = value'),
  'member-init': error(149, 'a member is initialised in its declaration: do it in a constructor'),
  'alternative-sign': error(null, "'$' stands for a sign in C++ only: write the sign"),
  'range-for': error(149, 'a range-for is C++: count with an index, for(int i=0; i<ArraySize(a); i++)'),
  'if-init': error(149, 'a declaration inside the condition is C++: write it on the line before'),
  'enum-class': error(149, "'enum class' is C++: write enum"),
  'multiple-inheritance': error(150, '$ has two base classes: MQL5 allows one'),
  'no-access-word': error(null, '$ inherits without an access word: write : public Base'),
  'typedef-kind': error(149, 'typedef is for function pointers only: write the type itself'),
  namespace: house('namespaces are known to new builds only: use a prefix'),
  'reference-here': error(229, 'a reference can only be a parameter: use the variable itself'),
  'returns-reference': error(
    229,
    'a function cannot return a reference: return the value, or fill a parameter',
  ),
  'reference-default': error(
    277,
    'a reference parameter cannot have a default value: write a second function',
  ),
  'three-way': error(149, "'<=>' is C++: compare twice"),
} as const

const STRUCTURE = {
  'semicolon-expected': error(154, "a ';' is missing before '$'"),
  'brackets-unbalanced': error(131, "'$' has no partner: close every bracket that you open"),
  'braces-unbalanced': error(133, "a '{' is never closed: count the braces of the function before"),
  'parenthesis-expected': error(132, "'(' is missing after '$'"),
  'brace-expected': error(141, "'{' is missing before '$'"),
  'while-expected': error(236, "do { … } needs 'while(condition);'"),
  'else-without-if': error(183, "'else' without an 'if' before it: check the braces"),
  'break-outside': error(null, "'break' outside of a loop or switch: use return"),
  'continue-outside': error(null, "'continue' outside of a loop: use return"),
  'case-outside': error(null, "'$' outside of a switch"),
  'type-expected': error(116, "'$' is no type: declare it, or write one that exists"),
  'global-statement': error(175, "'$' outside of a function: put it into OnInit"),
  'local-type': error(326, 'a type is declared inside a function: move it before the function'),
  'local-function': error(162, "function '$' is declared inside a function: move it out"),
  'name-expected': error(228, "a name was expected, not '$'"),
  'reserved-name': error(149, "'$' is a word of the language: choose another name"),
  syntax: error(149, "'$' was not expected here: check the signs before it"),
  'nothing-declared': error(null, 'a type without a name: leave it out'),
} as const

const DECLARATIONS = {
  'array-by-value': error(294, '$ is an array: pass it by reference, const T &$[]'),
  'object-by-value': error(293, '$ is passed by value: write const $ &name'),
  'default-gap': error(null, '$ has no default value, but the parameter before it has: give it one'),
  'too-many-parameters': error(147, 'more than 64 parameters: put them into a struct'),
  'const-function': error(272, 'const after a function that is no method: leave it out'),
  'dynamic-dimension': error(146, '$: only the first dimension may be left open: write a number'),
  'too-many-dimensions': error(146, '$ has more than four dimensions'),
  'const-without-value': error(389, '$ is const and has no value: write = value'),
  'input-kind': error(285, '$ is an array, structure or object: an input is a simple value'),
  'input-in-function': error(null, 'an input is declared inside a function: move it to the top of the file'),
  'global-not-constant': house('$ is initialised by a call: old builds refuse it; assign it in OnInit'),
  'name-twice': error(165, '$ is declared twice in the same block: choose another name'),
  'function-twice': error(null, '$ has two bodies with the same parameters: remove one'),
  'function-without-body': error(null, '$ is declared and has no body: write it, or remove the declaration'),
  'member-unknown': error(null, '$'),
  'system-function': error(271, '$ is a function of MQL5: choose another name'),
  'handler-signature': error(null, '$'),
  'destructor-parameters': error(null, 'a destructor has no parameters'),
  'pointer-here': house(
    "'$' is a pointer: the house ships none; use the object itself, or an array of structs",
  ),
} as const

const NAMES = {
  'unknown-name': error(256, '$ is not declared: declare it before its first use, or check the spelling'),
  'unknown-function': error(256, '$ is no function of MQL5 and not defined here: check the spelling'),
  'unknown-member': error(256, '$'),
  'not-offered': house(
    '$ is MQL5, but the host does not offer it: leave it out, or add it to the runtime and spec/functions.txt',
  ),
  'type-used-before': error(256, '$ is defined further down: define it above its first variable'),
  'used-before': error(256, '$ is declared further down: globals must be declared before their first use'),
  'private-member': error(null, '$ is private or protected: use a public method'),
  shadows: warning(62, '$ hides a name of the same spelling outside of it: choose another name'),
  unused: warning(31, '$ is never used: remove it'),
  uninitialised: warning(
    60,
    '$ is read here, and not every way to here gave it a value: write = 0 where it is declared',
  ),
} as const

const TYPES = {
  'argument-count': error(199, '$'),
  'not-an-enum': error(262, '$'),
  'wrong-enum': error(262, '$'),
  'string-to-number': warning(
    180,
    '$ is a string where a number is expected: write (int)text, (double)text or StringToDouble(text)',
  ),
  'number-to-string': warning(
    181,
    '$ is no string: write (string)value, IntegerToString() or DoubleToString()',
  ),
  'data-loss': warning(43, '$'),
  'sign-mismatch': warning(45, '$ compares a signed with an unsigned value: cast one of them'),
  'sign-change': house('a sign may get lost, and MetaEditor says nothing: $'),
  'assign-const': error(175, '$ is a constant: it cannot be changed'),
  'assign-input': error(175, '$ is an input, a constant for the program: copy it to a variable'),
  'not-assignable': error(null, '$ cannot be assigned to: write a variable'),
  'branch-types': error(null, 'the branches of ?: are $: cast them to one type'),
  'time-branch': house(
    '$ in ?: beside a plain number is ambiguous for the host: write a cast, as in (datetime)0',
  ),
  'string-arithmetic': error(null, "'$' with a string: only + and comparisons work on strings"),
  'switch-type': error(null, 'switch over a $: use if and else'),
  'case-type': error(null, 'a case must be a constant number or enumeration: use if and else'),
  'case-twice': error(null, 'case $ is there twice: remove one'),
  'value-of-void': error(null, '$ returns nothing: call it in a line of its own'),
  'return-value': error(null, '$ is void: return without a value'),
  'return-nothing': error(null, '$ returns a value: write return(value)'),
  'missing-return': error(117, 'not every way through $ returns a value: end it with a return'),
  'literal-to-reference': error(null, 'a value is passed to reference parameter $: put it into a variable'),
  'literal-to-const-reference': error(
    200,
    'a value is passed to const reference $ of a simple type: pass it by value',
  ),
  'const-reference-simple': warning(200, '$ is a const reference to a simple type: pass it by value'),
  'const-to-reference': error(
    null,
    '$ is a constant and is passed where it can be changed: copy it to a variable',
  ),
  'print-kind': error(null, '$ is an array, structure or object: print its members'),
  'array-operand': error(null, '$ is an array: use an element, as in $[0]'),
  'not-an-array': error(null, '$ is no array and cannot be indexed'),
  'object-operand': error(null, '$ is a structure or object: use a member'),
  'index-out-of-range': error(null, '$'),
  'zero-division': error(null, "'$' by zero: it stops the EA"),
  'too-many-values': error(null, '$ has more initial values than elements'),
  'format-count': warning(null, '$'),
  'format-type': warning(null, '$'),
  'format-unknown': warning(null, '%$ is no format: use %s %d %u %I64d %I64u %x %.Nf %g %e %c'),
  'type-mismatch': error(null, '$'),
  'bit-operand': error(null, "'$' needs whole numbers: cast to long"),
  'comma-index': error(149, 'an index with a comma: write a[i][j]'),
  'reference-type': error(null, '$'),
  'array-assigned': house('array $ is assigned as a whole, which only new builds know: use ArrayCopy'),
  'argument-effect': house(
    'an argument changes $: MQL5 evaluates from the right, C++ in any order: do it on the line before',
  ),
  'bool-compare': warning(null, 'a comparison is compared again: write the conditions with && between them'),
} as const

const HABITS = {
  'assign-in-condition': warning(
    null,
    "'=' in a condition: write == to compare, or assign on the line before",
  ),
  'empty-statement': warning(69, "a ';' is all that '$' controls: remove it, or write {}"),
  'no-effect': warning(null, 'this expression has no effect: assign it, or remove it'),
  'logic-precedence': warning(80, "'&&' beside '||' without parentheses: write them"),
  'bit-precedence': warning(80, "'$' binds less than the comparison beside it: write parentheses"),
  unchecked: warning(83, 'the result of $ is not looked at: check it'),
  unreachable: warning(null, 'this is never reached: remove it'),
  'falls-through': warning(null, 'this case runs into the next one: end it with break'),
} as const

export const RULES = {
  ...TEXT,
  ...DIRECTIVES,
  ...NOT_MQL5,
  ...STRUCTURE,
  ...DECLARATIONS,
  ...NAMES,
  ...TYPES,
  ...HABITS,
} as const satisfies Record<string, Rule>

export type RuleId = keyof typeof RULES

/** Rules about text that is no MQL5 at all: what else is said about such a line follows from them. */
export const CAUSES: ReadonlySet<RuleId> = new Set([
  ...(Object.keys(TEXT) as RuleId[]),
  ...(Object.keys(DIRECTIVES) as RuleId[]),
  ...(Object.keys(NOT_MQL5) as RuleId[]),
  'reserved-name',
  'local-function',
  'switch-type',
])
