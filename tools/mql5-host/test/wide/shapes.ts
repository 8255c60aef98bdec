// The wide program: arrays, structures, classes, enumerations, templates, pointers.
import type { Kind } from './piece.ts'

const dynamicArrays: Kind = (random, n) => {
  const size = random.int(2, 9)
  const at = random.int(0, size - 1)
  return {
    top: `double g_list${n}[],g_single${n}=${n}.5,g_pair${n}[2];\nstring g_names${n}[];`,
    body: `
   Check(ArraySize(g_list${n})==0,"empty ${n}");
   Check(ArrayResize(g_list${n},${size},16)==${size},"resize ${n}");
   ArrayInitialize(g_list${n},1.5);
   for(int i=0; i<${size}; i++)
      g_list${n}[i]=i;
   ArraySetAsSeries(g_list${n},true);
   Check((int)g_list${n}[${at}]==${size - 1 - at},"series ${n}");
   ArraySetAsSeries(g_list${n},false);
   Check((int)g_list${n}[${at}]==${at},"plain ${n}");
   Check((int)g_single${n}==${n},"single ${n}");
   g_pair${n}[0]=1;
   g_pair${n}[1]=2;
   Check((int)(g_pair${n}[0]+g_pair${n}[1])==3,"pair ${n}");
   string copy[];
   ArrayResize(g_names${n},2);
   g_names${n}[0]="a";
   g_names${n}[1]="b";
   Check(ArrayCopy(copy,g_names${n})==2 && copy[1]=="b","copy ${n}");
   Check(ArrayRemove(copy,0,1) && ArraySize(copy)==1 && copy[0]=="b","remove ${n}");
   ArrayFree(copy);
   Check(ArraySize(copy)==0,"free ${n}");
   int sorted[]={3,1,2};
   ArraySort(sorted);
   Check(sorted[0]==1 && sorted[2]==3,"sort ${n}");
   Check(ArrayMaximum(sorted)==2 && ArrayMinimum(sorted)==0,"extremes ${n}");`,
  }
}

const fixedArrays: Kind = (random, n) => {
  const values = Array.from({ length: random.int(2, 6) }, () => random.int(-50, 50))
  const sum = values.reduce((a, b) => a + b, 0)
  return {
    after: `
int SumOf${n}(const int &values[],const int from=0)
  {
   int sum=0;
   for(int i=from; i<ArraySize(values); i++)
      sum+=values[i];
   return(sum);
  }
void Double${n}(int &values[])
  {
   for(int i=ArraySize(values)-1; i>=0; i--)
      values[i]*=2;
  }`,
    body: `
   int a[]={${values.join(',')}};
   int b[10]={${values.join(',')}};
   static const int c[3]={1,2,3};
   Check(ArraySize(a)==${values.length} && ArraySize(b)==10,"size ${n}");
   Check(!ArrayIsDynamic(a),"fixed ${n}");
   Check(SumOf${n}(a)==${sum} && SumOf${n}(b)==${sum},"as argument ${n}");
   Check(SumOf${n}(c,1)==5,"constant ${n}");
   Double${n}(a);
   Check(SumOf${n}(a)==${2 * sum},"changed ${n}");
   Check(b[9]==0,"rest is zero ${n}");`,
  }
}

const dimensions: Kind = (random, n) => {
  const [rows, columns] = [random.int(2, 5), random.int(2, 4)]
  return {
    top: `int g_cube${n}[][${columns}][2];\nconst int g_fixed${n}[2][2]={{1,2},{3,4}};`,
    body: `
   double grid[][${columns}];
   Check(ArrayResize(grid,${rows})==${rows * columns},"resize ${n}");
   for(int r=0; r<${rows}; r++)
      for(int c=0; c<${columns}; c++)
         grid[r][c]=r*10+c;
   Check((int)grid[${rows - 1}][${columns - 1}]==${(rows - 1) * 10 + columns - 1},"cell ${n}");
   Check(ArrayRange(grid,0)==${rows} && ArrayRange(grid,1)==${columns},"range ${n}");
   ArrayResize(g_cube${n},2);
   g_cube${n}[1][${columns - 1}][1]=${n};
   Check(g_cube${n}[1][${columns - 1}][1]==${n},"cube ${n}");
   Check(g_fixed${n}[1][0]+g_fixed${n}[0][1]==5,"initialised ${n}");`,
  }
}

const structures: Kind = (random, n) => {
  const value = random.int(1, 9_999)
  return {
    top: `
struct Inner${n}
  {
   int               count;
   double            price[3];
   string            tag;
  };
struct Outer${n}
  {
   Inner${n}         first;
   Inner${n}         more[];
   datetime          when;
                     Outer${n}() { when=0; }
   int               Total(void) const { return(first.count+ArraySize(more)); }
  };
struct Flat${n} : public Inner${n}
  {
   long              id;
  };`,
    after: `
void Fill${n}(Inner${n} &to,const int count)
  {
   to.count=count;
   to.tag=(string)count;
  }`,
    body: `
   Inner${n} a={${value},{0.5,1.5,2.5},"t"};
   Inner${n} b={0};
   Inner${n} c;
   ZeroMemory(c);
   c=a;
   c.price[1]=9;
   Check(a.price[1]<2 && c.tag=="t" && c.count==${value},"copy ${n}");
   Check(b.count==0 && b.tag=="","zero ${n}");
   Fill${n}(b,${value + 1});
   Check(b.count==${value + 1} && b.tag=="${value + 1}","by reference ${n}");
   Outer${n} o;
   o.first=a;
   ArrayResize(o.more,2);
   o.more[1]=b;
   Outer${n} p=o;
   p.more[1].count=0;
   Check(o.more[1].count==${value + 1} && p.Total()==${value + 2},"deep copy ${n}");
   Flat${n} f;
   ZeroMemory(f);
   f.id=${value};
   Fill${n}(f,1);
   Check(f.id==${value} && f.count==1,"inherited ${n}");
   Inner${n} list[2];
   ZeroMemory(list);
   list[1]=a;
   Check(list[0].count==0 && list[1].count==${value},"array ${n}");`,
  }
}

const classes: Kind = (random, n) => {
  const start = random.int(1, 500)
  return {
    top: `
class CFirst${n}
  {
private:
   int               m_value;
   string            m_log[];
   static int        s_count;
   static int        s_table[2];
public:
                     CFirst${n}(void) : m_value(0) { s_count++; }
                     CFirst${n}(const int value) : m_value(value) { s_count++; }
                    ~CFirst${n}(void) { s_count--; }
   virtual int       Weight(void) const { return(m_value); }
   void              Note(const string text)
     {
      int size=ArraySize(m_log);
      ArrayResize(m_log,size+1);
      m_log[size]=text;
     }
   int               Notes(void) const { return(ArraySize(m_log)); }
   // A body sees classes that come later.
   int               Later(void) { CLast${n} last; return(last.Answer()+m_value); }
   int               OutOfLine(const int factor);
   static int        Count(void) { return(s_count); }
   static int        Table(const int at) { return(s_table[at]); }
   bool              operator==(const CFirst${n} &other) const { return(m_value==other.m_value); }
   int               operator[](const int at) const { return(m_value+at); }
   enum ENUM_PART${n} { PART${n}_ONE=1, PART${n}_TWO };
   ENUM_PART${n}     Part(void) const { return(m_value>0 ? PART${n}_TWO : PART${n}_ONE); }
  };
int CFirst${n}::s_count=0;
int CFirst${n}::s_table[2]={${n},${n + 1}};
class CSecond${n} : public CFirst${n}
  {
protected:
   int               m_extra;
public:
                     CSecond${n}(const int value) : CFirst${n}(value),m_extra(1) {}
   virtual int       Weight(void) const override { return(2*CFirst${n}::Weight()+m_extra); }
  };
class CLast${n} { public: int Answer(void) { return(Helper${n}(20)); } };
int CFirst${n}::OutOfLine(const int factor)
  {
   return(this.m_value*factor);
  }`,
    after: `
int Helper${n}(const int x) { return(2*x+2); }
int WeightOf${n}(const CFirst${n} &thing) { return(thing.Weight()); }`,
    body: `
   CFirst${n} a(${start});
   CSecond${n} b(${start});
   Check(CFirst${n}::Count()==2,"alive ${n}");
   Check(WeightOf${n}(a)==${start} && WeightOf${n}(b)==${2 * start + 1},"virtual ${n}");
   a.Note("x");
   a.Note("y");
   Check(a.Notes()==2 && b.Notes()==0,"notes ${n}");
   Check(a.Later()==${42 + start},"later class ${n}");
   Check(a.OutOfLine(3)==${3 * start},"out of line ${n}");
   Check(CFirst${n}::Table(1)==${n + 1},"static array ${n}");
   CFirst${n} c=a;
   Check(c==a && a[5]==${start + 5},"operators ${n}");
   Eq(EnumToString(a.Part()),"PART${n}_TWO","nested enumeration ${n}");`,
  }
}

const enumerations: Kind = (random, n) => {
  const middle = random.int(5, 50)
  return {
    top: `enum ENUM_STEP${n} { STEP${n}_A, STEP${n}_B=${middle}, STEP${n}_C };\ninput ENUM_STEP${n} InpStep${n}=STEP${n}_B; // chosen`,
    after: `
ENUM_STEP${n} Next${n}(const ENUM_STEP${n} step)
  {
   switch(step)
     {
      case STEP${n}_A:
         return(STEP${n}_B);
      case STEP${n}_B:
         return(STEP${n}_C);
      default:
         break;
     }
   return(STEP${n}_A);
  }`,
    body: `
   ENUM_STEP${n} step=STEP${n}_A;
   step=Next${n}(step);
   Check(step==STEP${n}_B && (int)step==${middle},"next ${n}");
   Check(Next${n}(Next${n}(step))==STEP${n}_A,"around ${n}");
   Eq(EnumToString(STEP${n}_C),"STEP${n}_C","name ${n}");
   Check(InpStep${n}==STEP${n}_B,"input ${n}");
   step=(ENUM_STEP${n})${middle + 1};
   Check(step==STEP${n}_C,"cast ${n}");
   ENUM_ORDER_TYPE kind=ORDER_TYPE_SELL;
   Eq(EnumToString(kind),"ORDER_TYPE_SELL","of MQL5 ${n}");`,
  }
}

const templates: Kind = (random, n) => {
  const [a, b] = [random.int(1, 99), random.int(1, 99)]
  return {
    top: `
template<typename T>
class CBag${n}
  {
   T                 m_items[];
public:
   void              Add(const T item) { int size=ArraySize(m_items); ArrayResize(m_items,size+1); m_items[size]=item; }
   T                 At(const int at) const { return(m_items[at]); }
   int               Total(void) const { return(ArraySize(m_items)); }
  };`,
    after: `
template<typename T>
T Greater${n}(const T one,const T other)
  {
   return(one>other ? one : other);
  }`,
    body: `
   Check(Greater${n}(${a},${b})==${Math.max(a, b)},"int ${n}");
   Check((int)Greater${n}(${a}.5,${b}.5)==${Math.max(a, b)},"double ${n}");
   CBag${n}<int> ints;
   ints.Add(${a});
   ints.Add(${b});
   Check(ints.Total()==2 && ints.At(1)==${b},"bag ${n}");
   CBag${n}<string> texts;
   texts.Add("x");
   Eq(texts.At(0),"x","strings ${n}");`,
  }
}

const pointers: Kind = (random, n) => {
  const values = Array.from({ length: random.int(2, 5) }, () => random.int(1, 50))
  return {
    top: `
interface IShape${n} { int Area(void); };
class CNode${n}
  {
public:
   int               m_value;
   CNode${n}        *m_next;
                     CNode${n}(const int value) { m_value=value; m_next=NULL; }
   virtual          ~CNode${n}(void) {}
   virtual int       Value(void) { return(m_value); }
  };
class CDouble${n} : public CNode${n}
  {
public:
                     CDouble${n}(const int value) : CNode${n}(value) {}
   virtual int       Value(void) override { return(2*m_value); }
  };
class CSquare${n} : public IShape${n}
  {
   int               m_side;
public:
                     CSquare${n}(const int side) : m_side(side) {}
   int               Area(void) { return(m_side*m_side); }
  };`,
    after: `
void Push${n}(CNode${n} *&head,CNode${n} *node)
  {
   node.m_next=head;
   head=node;
  }
int AreaOf${n}(IShape${n} *shape) { return(shape.Area()); }`,
    body: `
   CNode${n} *head=NULL;
${values.map((value, at) => `   Push${n}(head,new ${at % 2 ? 'CDouble' : 'CNode'}${n}(${value}));`).join('\n')}
   int sum=0;
   for(CNode${n} *at=head; at!=NULL; at=at.m_next)
      sum+=at.Value();
   Check(sum==${values.reduce((all, value, at) => all + value * (at % 2 ? 2 : 1), 0)},"list ${n}");
   Check(CheckPointer(head)==POINTER_DYNAMIC,"dynamic ${n}");
   CDouble${n} *as=dynamic_cast<CDouble${n} *>(head);
   Check((as!=NULL)==${values.length % 2 === 0},"dynamic_cast ${n}");
   while(head!=NULL)
     {
      CNode${n} *next=head.m_next;
      delete head;
      head=next;
     }
   CNode${n} *items[];
   ArrayResize(items,2);
   items[0]=new CNode${n}(4);
   items[1]=new CDouble${n}(4);
   Check(items[0].Value()+items[1].Value()==12,"array of pointers ${n}");
   for(int i=0; i<2; i++)
      delete items[i];
   CSquare${n} square(${values.length});
   Check(AreaOf${n}(GetPointer(square))==${values.length ** 2},"interface ${n}");`,
  }
}

export const SHAPES: readonly Kind[] = [
  dynamicArrays,
  fixedArrays,
  dimensions,
  structures,
  classes,
  enumerations,
  templates,
  pointers,
]
