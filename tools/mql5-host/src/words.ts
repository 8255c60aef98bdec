// MQL5 host, the language: its words, and those that are C++ only.

export const BUILTIN_TYPES: ReadonlySet<string> = new Set(
  'void bool char uchar short ushort int uint long ulong float double string datetime color'.split(' '),
)

export const API_STRUCTS: ReadonlySet<string> = new Set(
  (
    'MqlTick MqlRates MqlDateTime MqlTradeRequest MqlTradeResult MqlTradeCheckResult MqlTradeTransaction ' +
    'MqlBookInfo MqlParam'
  ).split(' '),
)

/** Not to be had as a name. */
export const RESERVED: ReadonlySet<string> = new Set(
  (
    'bool enum struct char float uchar class int uint color long ulong datetime short ushort double string void ' +
    'const private protected public virtual delete override export final new this operator break dynamic_cast ' +
    'case else continue for default if do return switch while true false static extern input sinput template ' +
    'typename sizeof interface union pack matrix vector complex float16 namespace group macro typedef package'
  ).split(' '),
)

/** Words of C++ that are none of MQL5, each with what to write instead. */
export const CPP_ONLY: Readonly<Record<string, string>> = {
  auto: 'write the type',
  std: 'there is no standard library: use an array, a struct or a function of your own',
  constexpr: 'write const, or #define',
  consteval: 'leave it out',
  constinit: 'leave it out',
  nullptr: 'write NULL',
  noexcept: 'leave it out',
  try: 'check the result of the call',
  catch: 'check the result of the call',
  throw: 'return an error and let the caller decide',
  using: 'write the type itself',
  friend: 'make the member public, or write a method',
  goto: 'use a loop, or a function with return',
  unsigned: 'write uint, ushort, uchar or ulong',
  signed: 'leave it out: int, short, char and long are signed',
  size_t: 'write int',
  decltype: 'write the type',
  static_assert: 'check it in OnInit',
  static_cast: 'write (type)value',
  reinterpret_cast: 'write (type)value',
  const_cast: 'declare it without const',
  alignas: 'leave it out',
  alignof: 'leave it out',
  thread_local: 'write static',
  volatile: 'leave it out: an EA is one thread',
  register: 'leave it out',
  typeid: 'use a field of your own',
  concept: 'leave it out',
  requires: 'leave it out',
  co_await: 'use the timer',
  co_yield: 'use the timer',
  co_return: 'use return',
  mutable: 'make the method non-const',
  wchar_t: 'write ushort',
  char8_t: 'write uchar',
  char16_t: 'write ushort',
  char32_t: 'write uint',
  inline: 'leave it out',
  explicit: 'leave it out',
  int8_t: 'write char',
  int16_t: 'write short',
  int32_t: 'write int',
  int64_t: 'write long',
  uint8_t: 'write uchar',
  uint16_t: 'write ushort',
  uint32_t: 'write uint',
  uint64_t: 'write ulong',
  asm: 'leave it out',
  __attribute__: 'leave it out',
  __int64: 'write long',
}

/** Legal names in MQL5 that are keywords or macros of C++: they get an underscore when emitted. */
export const HOST_RENAME: ReadonlySet<string> = new Set(
  'errno stdin stdout stderr assert EOF linux unix'.split(' '),
)

/** C++ lets these stand for signs (and for &&); MQL5 does not know them, and they are bad names. */
export const ALTERNATIVE_SIGNS: Readonly<Record<string, string>> = {
  and: '&&',
  or: '||',
  not: '!',
  xor: '^',
  bitand: '&',
  bitor: '|',
  compl: '~',
  and_eq: '&=',
  or_eq: '|=',
  xor_eq: '^=',
  not_eq: '!=',
}

/** A word before a parenthesis that is no call. */
export const NOT_CALLED: ReadonlySet<string> = new Set(
  'if while for switch return sizeof delete new case operator else do void const dynamic_cast this typename'.split(
    ' ',
  ),
)

/** Names that the compiler hands out. */
export const PREDEFINED: ReadonlySet<string> = new Set(
  (
    '_Symbol _Point _Digits _Period _LastError _StopFlag _UninitReason _RandomSeed _AppliedTo _IsX64 NULL ' +
    '__FILE__ __PATH__ __LINE__ __FUNCTION__ __FUNCSIG__ __DATE__ __DATETIME__ __COUNTER__ __MQL5BUILD__ ' +
    '__MQLBUILD__ __MQL__ __MQL5__ _RELEASE _DEBUG'
  ).split(' '),
)
export const TYPE_MODIFIERS: ReadonlySet<string> = new Set(
  'static const extern input sinput virtual'.split(' '),
)
