// The wide program: numbers, strings, literals, operators, formats.
import { type Kind, quote, wrap } from './piece.ts'

const integers: Kind = (random, n) => {
  const type = random.pick(['int', 'uint', 'long', 'ulong'] as const)
  const bits = type.endsWith('long') ? 64 : 32
  const signed = !type.startsWith('u')
  const [a, b] = [BigInt(random.int(1, 2_000_000_000)), BigInt(random.int(1, 60_000))]
  const w = (value: bigint) => {
    const wrapped = wrap(bits, signed, value)
    return `(${type})${wrapped < 0n ? `(${wrapped})` : wrapped}`
  }
  const shift = random.int(1, 12)
  return {
    body: `
   ${type} a=(${type})${a};
   ${type} b=(${type})${b};
   Check(a+b==${w(a + b)},"sum ${n}");
   Check(a-b==${w(a - b)},"difference ${n}");
   Check(a*b==${w(a * b)},"product ${n}");
   Check(a/b==${w(a / b)},"quotient ${n}");
   Check(a%b==${w(a % b)},"remainder ${n}");
   Check((a&b)==${w(a & b)},"and ${n}");
   Check((a|b)==${w(a | b)},"or ${n}");
   Check((a^b)==${w(a ^ b)},"xor ${n}");
   Check((b<<${shift})==${w(b << BigInt(shift))},"left ${n}");
   Check((a>>${shift})==${w(a >> BigInt(shift))},"right ${n}");
   Check(~b==${w(~b)},"not ${n}");
   a+=b;
   a-=1;
   Check(a==${w(a + b - 1n)},"compound ${n}");
   a++;
   --a;
   Check(a>=b,"order ${n}");`,
  }
}

const doubles: Kind = (random, n) => {
  const [a, b] = [random.int(1, 4000) / 8, random.int(1, 4000) / 8]
  const digits = random.int(0, 6)
  return {
    body: `
   double a=${a.toFixed(3)};
   double b=${b.toFixed(3)};
   Check(MathAbs(a+b-${(a + b).toFixed(3)})<0.0000001,"sum ${n}");
   Check(MathAbs(a*b-${(a * b).toFixed(6)})<0.0000001,"product ${n}");
   Eq(DoubleToString(a,${digits}),"${fixed(a, digits)}","digits ${n}");
   Check(MathMax(a,b)>=MathMin(a,b),"max ${n}");
   Check((int)MathFloor(a)==${Math.floor(a)},"floor ${n}");
   Check((int)MathCeil(b)==${Math.ceil(b)},"ceil ${n}");
   Check(NormalizeDouble(a,1)>=a-0.06,"normalize ${n}");
   Check(MathIsValidNumber(a/b),"valid ${n}");
   float f=(float)a;
   Check((double)f>=a-0.001,"float ${n}");`,
  }
}

/** Halves go away from zero, as in the terminal; of eighths each is exact. */
const fixed = (value: number, digits: number): string => {
  const scale = 10 ** digits
  return (Math.floor(value * scale + 0.5) / scale).toFixed(digits)
}

const strings: Kind = (random, n) => {
  const [one, two] = [random.word(random.int(3, 12)), random.word(random.int(3, 12))]
  const at = random.int(0, one.length - 2)
  const count = random.int(1, one.length - at)
  return {
    body: `
   string a=${quote(one)};
   string b=${quote(two)};
   string c=a+"|"+b;
   Check(StringLen(c)==${one.length + two.length + 1},"length ${n}");
   Check(StringFind(c,"|")==${one.length},"find ${n}");
   Eq(StringSubstr(a,${at},${count}),${quote(one.slice(at, at + count))},"substr ${n}");
   Check(StringGetCharacter(a,${at})=='${one[at]}',"character ${n}");
   string parts[];
   Check(StringSplit(c,'|',parts)==2 && parts[0]==a && parts[1]==b,"split ${n}");
   int times=StringReplace(c,"|","--");
   Check(times==1 && c==a+"--"+b,"replace ${n}");
   StringToUpper(a);
   Eq(a,${quote(one.toUpperCase())},"upper ${n}");
   StringToLower(a);
   Eq(a,${quote(one)},"lower ${n}");
   c="";
   c+=a;
   StringAdd(c,b);
   Eq(c,a+b,"append ${n}");
   string padded="  "+a+" ";
   StringTrimLeft(padded);
   StringTrimRight(padded);
   Eq(padded,a,"trim ${n}");
   Check(StringCompare(a,b)${one < two ? '<0' : one > two ? '>0' : '==0'},"compare ${n}");
   Check((a<b)==${one < two},"less ${n}");`,
  }
}

const unicode: Kind = (random, n) => {
  const text = random.pick(['äöü€', 'línea', 'Ünï', '日本語', '😀x', 'Ω≈ç'])
  const bytes = new TextEncoder().encode(text).length
  const code = random.int(0x41, 0x5a)
  return {
    body: `
   string a="${text}";
   Check(StringLen(a)==${text.length},"units ${n}");
   uchar bytes[];
   int count=StringToCharArray(a,bytes,0,WHOLE_ARRAY,CP_UTF8);
   Check(count==${bytes + 1} && bytes[count-1]==0,"bytes ${n}");
   Eq(CharArrayToString(bytes,0,WHOLE_ARRAY,CP_UTF8),a,"back ${n}");
   Eq("\\x${code.toString(16)}\\t\\"q\\"\\\\","${String.fromCharCode(code)}\\t\\"q\\"\\\\","escapes ${n}");
   Eq(ShortToString(0x20AC),"€","code ${n}");
   Eq(CharToString((uchar)${code}),"${String.fromCharCode(code)}","char ${n}");`,
  }
}

const casts: Kind = (random, n) => {
  const whole = random.int(-99_999, 99_999)
  const eighth = random.int(1, 999) * 8 + 1
  return {
    body: `
   Eq((string)${whole},"${whole}","int ${n}");
   Eq(IntegerToString(${Math.abs(whole)},10,'0'),"${String(Math.abs(whole)).padStart(10, '0')}","padded ${n}");
   Eq((string)${(eighth / 8).toFixed(3)},"${eighth / 8}","double ${n}");
   Eq((string)true,"true","bool ${n}");
   Check((int)"${whole}"==${whole},"to int ${n}");
   Check(StringToInteger("${whole}")==${whole},"to long ${n}");
   Check((double)"${eighth / 8}">0.0,"to double ${n}");
   char c=(char)200;
   uchar u=(uchar)${(whole & 0xff) + 256};
   Check(c<0 && u==${whole & 0xff},"narrow ${n}");
   Check((int)3.9==3 && (int)-3.9==-3,"cut ${n}");
   bool on=(bool)${random.int(1, 9)};
   Check(on && !(bool)0,"to bool ${n}");`,
  }
}

const formats: Kind = (random, n) => {
  const [a, b] = [random.int(0, 99_999), random.int(0, 0xffff)]
  const big = 2n ** 40n + BigInt(random.int(0, 1_000_000))
  const price = random.int(1, 99_999) / 4
  return {
    body: `
   Eq(StringFormat("%d|%5d|%-5d|%05d",${a},${b % 1000},${b % 1000},${b % 1000}),"${a}|${String(b % 1000).padStart(5)}|${String(b % 1000).padEnd(5)}|${String(b % 1000).padStart(5, '0')}","int ${n}");
   Eq(StringFormat("%x|%X|%u",${b},${b},${a}),"${b.toString(16)}|${b.toString(16).toUpperCase()}|${a}","hex ${n}");
   long big=${big};
   Eq(StringFormat("%I64d|%I64u",big,(ulong)big),"${big}|${big}","64 bits ${n}");
   Eq(StringFormat("%.2f|%8.1f",${price.toFixed(2)},${Math.floor(price).toFixed(1)}),"${price.toFixed(2)}|${Math.floor(price).toFixed(1).padStart(8)}","real ${n}");
   Eq(StringFormat("%s|%6s|%-6s|%%","ab","cd","ef"),"ab|    cd|ef    |%","text ${n}");
   PrintFormat("piece %d of %s",${n},"formats");`,
  }
}

const literals: Kind = (random, n) => {
  const [month, day, hour] = [random.int(1, 12), random.int(1, 28), random.int(0, 23)]
  const year = random.int(1971, 2036)
  const seconds = Date.UTC(year, month - 1, day, hour, 30) / 1000
  const [red, green, blue] = [random.int(0, 255), random.int(0, 255), random.int(0, 255)]
  const two = (value: number) => String(value).padStart(2, '0')
  return {
    body: `
   datetime t=D'${year}.${two(month)}.${two(day)} ${two(hour)}:30';
   Check((long)t==${seconds},"date ${n}");
   Eq(TimeToString(t,TIME_DATE|TIME_MINUTES),"${year}.${two(month)}.${two(day)} ${two(hour)}:30","date text ${n}");
   Check(StringToTime("${year}.${two(month)}.${two(day)} ${two(hour)}:30")==t,"date back ${n}");
   MqlDateTime parts;
   Check(TimeToStruct(t,parts),"parts ${n}");
   Check(parts.year==${year} && parts.mon==${month} && parts.day==${day} && parts.hour==${hour},"fields ${n}");
   Check(StructToTime(parts)==t,"together ${n}");
   color c=C'${red},${green},${blue}';
   Check((uint)c==${red | (green << 8) | (blue * 65_536)},"color ${n}");
   ushort x='\\x41';
   Check(x=='A' && '\\n'==10 && '\\''==39,"chars ${n}");
   Check(0xFF==255 && 1.5e3>1499.0,"numbers ${n}");
   Check(B'101'==5,"binary ${n}");`,
  }
}

const ternaries: Kind = (random, n) => {
  const a = random.int(-5, 5)
  return {
    body: `
   int a=${a};
   string sign=a<0 ? "minus" : (a>0 ? "plus" : "zero");
   Eq(sign,"${a < 0 ? 'minus' : a > 0 ? 'plus' : 'zero'}","sign ${n}");
   bool both=(a>=-5 && a<=5) || a==100;
   Check(both && !(a>5),"logic ${n}");
   datetime now=TimeCurrent();
   datetime when=a>0 ? now : (datetime)0;
   Check((when==0)==${a <= 0},"time ${n}");
   double half=a>0 ? 0.5 : 1;
   Check(half>0.4,"mixed numbers ${n}");`,
  }
}

export const VALUES: readonly Kind[] = [
  integers,
  doubles,
  strings,
  unicode,
  casts,
  formats,
  literals,
  ternaries,
]
