// What becomes of MQL5 in C++: the surface that the runtime offers, and the lines of the source.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { tell, translate } from '../src/index.ts'
import { workFolder } from './support/compiler.ts'

const folder = workFolder()
let count = 0

function emitted(source: string, files: Readonly<Record<string, string>> = {}): string {
  const home = path.join(folder, String(++count))
  for (const [name, text] of Object.entries({ 'Ea.mq5': source, ...files })) {
    mkdirSync(path.dirname(path.join(home, name)), { recursive: true })
    writeFileSync(path.join(home, name), text)
  }
  const { cpp, findings } = translate(path.join(home, 'Ea.mq5'), { pointers: true })
  expect(findings.sorted().map(tell)).toEqual([])
  return cpp
}

describe('declarations', () => {
  const rows: [what: string, source: string, wanted: string][] = [
    ['a dynamic array', 'double g_a[];', 'mql::array<double> g_a;'],
    ['a fixed one', 'int g_a[3];', 'mql::sarray<int,3> g_a;'],
    ['the size of its values', 'int g_a[]={1,2};', 'mql::sarray<int,2> g_a{1,2};'],
    ['two dimensions', 'double g_a[][3];', 'mql::array<mql::sarray<double,3>> g_a;'],
    ['a mixed list', 'string g_a[],g_b="x";', 'mql::array<string> g_a; string g_b=u"x"_s;'],
    ['an input', 'input int Count=3; // how many', 'int __in_Count=3; const int &Count = __in_Count;'],
    ['its registration', 'input int Count=3;', 'static mql::InputReg __reg_Count(u"Count", __in_Count);'],
    ['an enumeration', 'enum ENUM_X { X_A, X_B=5 };', 'enum ENUM_X : int { X_A, X_B=5 };'],
    ['its names', 'enum ENUM_X { X_A };', 'if ((int)v == (int)X_A) return u"X_A"_s;'],
    ['a zeroed structure', 'struct S { int a; };\nvoid OnTick() { S s={0}; s.a++; }', 'S s={};'],
    ['an array parameter', 'void F(const int &a[]) { Print(a[0]); }', 'void F(const mql::array<int>& a)'],
    ['a prototype with its default', 'void F(int a=1) { Print(a); }', 'void F(int a =1);'],
    ['a cast to string', 'void OnTick() { Print((string)5); }', '(mql::xstring)5'],
    ['this', 'class C { public: int a; int G() { return(this.a); } };', 'this->a'],
  ]
  for (const [what, source, wanted] of rows)
    test(what, () => expect(emitted(`${source}\n`).replace(/ +/g, ' ')).toContain(wanted))
})

test('literals', () => {
  const cpp = emitted(
    "void OnTick() { Print(\"ä\\x41€\",'A',C'1,2,3',D'1970.01.02',0xFF,B'101'); }\n#define GREETING \"hé\" // why\n",
  )
  expect(cpp).toContain('u"\\344A\\u20ac"_s')
  for (const wanted of [
    '((ushort)65)',
    'color(197121)',
    'datetime(86400)',
    '0xFF',
    '0b101',
    '#define GREETING u"h\\351"_s',
  ])
    expect(cpp).toContain(wanted)
})

test('a body in a class comes after all declarations, on its own lines', () => {
  const cpp = emitted(
    'class A\n  {\npublic:\n   int G()\n     {\n      B b;\n      return(b.x);\n     }\n  };\nstruct B { int x; B() { x=1; } };\n',
  )
  expect(cpp.indexOf('auto A::G() -> int')).toBeGreaterThan(cpp.indexOf('struct B {'))
  expect(cpp).toMatch(/auto A::G\(\) -> int\n#line 5 ".*Ea\.mq5"\n\{\n {6}B b;/)
})

test('a body stays in its class when a macro in it has two meanings', () => {
  const cpp = emitted(
    '#define K 1\nclass A { public: int G() { return(K); } };\n#undef K\n#define K 2\nint F() { return(K); }\n',
  )
  expect(cpp).toContain('int G() { return(K); }')
})

test('the handlers are handed to the runtime in its order', () => {
  const cpp = emitted(
    'int OnInit() { return(INIT_SUCCEEDED); }\nvoid OnTimer() {}\nvoid OnDeinit(const int reason) { Print(reason); }\n',
  )
  expect(cpp).toContain(
    'mql::handlers = { &ea::init_, [](int r) { ea::OnDeinit(r); }, nullptr, &ea::OnTimer, nullptr, nullptr, nullptr };',
  )
})

test('a file is included once, by either slash', () => {
  const cpp = emitted(
    '#include "Inc\\\\A.mqh"\n#include "Inc\\A.mqh"\n#include "Inc/A.mqh"\nvoid OnTick() { Print(g_a); }\n',
    {
      'Inc/A.mqh': 'int g_a=1;\n',
    },
  )
  expect(cpp.split('int g_a=1;')).toHaveLength(2)
})

test('lines of a part that is left out are kept empty', () => {
  const cpp = emitted('#ifdef NEVER\nthis is no MQL5\n#else\nint g_a=1;\n#endif\nint g_b=2;\n')
  expect(cpp).not.toContain('no MQL5')
  expect(cpp).toMatch(/#line 1 ".*Ea\.mq5"\n\n\n\nint g_a=1;\n\nint g_b=2;/)
})
