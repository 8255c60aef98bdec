// The wide program: an Expert Advisor of thousands of lines with every construct that the host promises, made from a
// seed. It checks itself: `wide N ok, 0 failed` is its last word.
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { FLOWS } from './flows.ts'
import type { Kind } from './piece.ts'
import { Random } from './random.ts'
import { SHAPES } from './shapes.ts'
import { VALUES } from './values.ts'

export const KINDS: readonly Kind[] = [...VALUES, ...SHAPES, ...FLOWS]

export interface WideProgram {
  readonly main: string
  /** Own includes, by their path below the folder of the main file. */
  readonly includes: Readonly<Record<string, string>>
  readonly tests: number
}

export function wideProgram(seed: number, rounds: number): WideProgram {
  const random = new Random(seed)
  const tops: string[] = []
  const tests: string[] = []
  const afters: string[] = []
  let n = 0
  for (let round = 0; round < rounds; round++)
    for (const kind of KINDS) {
      const { top = '', after = '', body } = kind(random, ++n)
      tops.push(top)
      tests.push(`void Test${n}(void)\n  {${body}\n  }`)
      afters.push(after)
    }
  const calls = Array.from({ length: n }, (_, at) => `   Test${at + 1}();`)
  const main = [HEAD(seed), ...tops, INIT(calls), ...tests, ...afters, TAIL].join('\n')
  return { main: `${main.replace(/\n{2,}/g, '\n\n')}\n`, includes: INCLUDES, tests: n }
}

/** The path of the .mq5. */
export function writeWideProgram(folder: string, { main, includes }: WideProgram): string {
  for (const [name, text] of Object.entries({ 'Wide.mq5': main, ...includes })) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), text)
  }
  return path.join(folder, 'Wide.mq5')
}

const INCLUDES = {
  'Parts/Checks.mqh': `// Counts what holds and what does not.
#include "..\\\\Parts\\\\Numbers.mqh"
int g_ok=ZERO,g_failed=ZERO;
void Check(const bool holds,const string what)
  {
   if(holds)
      g_ok++;
   else
     {
      g_failed++;
      Print("FAIL ",what);
     }
  }
void Eq(const string got,const string wanted,const string what)
  {
   Check(got==wanted,what+": got '"+got+"', wanted '"+wanted+"'");
  }
`,
  'Parts/Numbers.mqh': '#define ZERO 0\n',
}

const HEAD = (seed: number): string => `//+------------------------------------------------------------------+
//| Wide.mq5 - made by the wide program's generator, seed ${seed}
//+------------------------------------------------------------------+
#property copyright "test"
#property version   "1.00"
#property strict
#include "Parts\\\\Checks.mqh"
#include "Parts\\Numbers.mqh" // once only

input group "Wide"
input bool InpLast=true;
`

const INIT = (calls: readonly string[]): string => `
int g_ticks=0,g_timers=0;
/* All tests run in OnInit:
   the broker is there already. */
int OnInit(void)
  {
${calls.join('\n')}
   Print("wide ",g_ok," ok, ",g_failed," failed");
   if(!EventSetMillisecondTimer(20))
      return(INIT_FAILED);
   return(g_failed==0 ? INIT_SUCCEEDED : INIT_FAILED);
  }
`

const TAIL = `
void OnTick(void) { g_ticks++; }
void OnTimer(void)
  {
   g_timers++;
   if(g_timers==3 && InpLast)
      ExpertRemove();
  }
void OnTrade(void) {}
void OnTradeTransaction(const MqlTradeTransaction &trans,const MqlTradeRequest &request,const MqlTradeResult &result)
  {
   if(trans.type==TRADE_TRANSACTION_REQUEST)
      Print(request.symbol," ",result.retcode);
  }
void OnChartEvent(const int id,const long &lparam,const double &dparam,const string &sparam)
  {
   if(id==CHARTEVENT_KEYDOWN)
      Print(lparam," ",dparam," ",sparam);
  }
void OnDeinit(const int reason)
  {
   EventKillTimer();
   Print("bye ",reason);
  }
`
