//+------------------------------------------------------------------+
//| Columns.mqh - the bars by columns, and the names that go with them|
//+------------------------------------------------------------------+
void TestColumns()
  {
   MqlRates r[];
   datetime times[],edge=iTime(_Symbol,PERIOD_M5,1);
   double open[],high[],low[],close[],three[3];
   long volume[],real_volume[];
   int spread[];
   Check(CopyRates(_Symbol,PERIOD_M5,1,9,r)==9 && CopyTime(_Symbol,PERIOD_M5,1,9,times)==9 && times[8]==edge && times[0]==r[0].time,"CopyTime");
   Check(CopyOpen(_Symbol,PERIOD_M5,1,9,open)==9 && CopyClose(_Symbol,PERIOD_M5,edge,9,close)==9 && open[4]==r[4].open && close[4]==r[4].close,"CopyOpen, CopyClose");
   Check(CopyHigh(_Symbol,PERIOD_M5,times[0],edge,high)==9 && CopyLow(_Symbol,PERIOD_M5,1,9,low)==9 && high[8]==r[8].high && low[0]==r[0].low,"CopyHigh, CopyLow");
   Check(CopyTickVolume(_Symbol,PERIOD_M5,1,9,volume)==9 && volume[2]==r[2].tick_volume && CopyRealVolume(_Symbol,PERIOD_M5,1,9,real_volume)==9 && real_volume[2]==r[2].real_volume,"CopyTickVolume, CopyRealVolume");
   Check(CopySpread(_Symbol,PERIOD_M5,1,9,spread)==9 && spread[7]==r[7].spread && iSpread(_Symbol,PERIOD_M5,2)==r[7].spread,"CopySpread, iSpread");
   Check(iTickVolume(_Symbol,PERIOD_M5,1)==r[8].tick_volume && iRealVolume(_Symbol,PERIOD_M5,1)==r[8].real_volume,"iTickVolume, iRealVolume");
   Check(ArraySetAsSeries(close,true) && CopyClose(_Symbol,PERIOD_M5,1,9,close)==9 && close[0]==r[8].close,"a column as a series");
   ResetLastError();
   Check(CopyClose(_Symbol,PERIOD_M5,0,3,three)==3 && CopyClose(_Symbol,PERIOD_M5,0,4,three)==-1 && GetLastError()==ERR_HISTORY_SMALL_BUFFER,"a fixed array has its size");
   Check(CopyTime("NONE",PERIOD_M5,0,1,times)==-1 && iHighest("NONE",PERIOD_M5,MODE_HIGH,5)==-1,"columns of an unknown symbol");
   int top=iHighest(_Symbol,PERIOD_M5,MODE_HIGH,9,1),bottom=iLowest(_Symbol,PERIOD_M5,MODE_LOW,9,1);
   Check(top==9-ArrayMaximum(high) && iHigh(_Symbol,PERIOD_M5,top)==high[9-top],"iHighest");
   Check(bottom==9-ArrayMinimum(low) && iLow(_Symbol,PERIOD_M5,bottom)==low[9-bottom],"iLowest");
   Check(iHighest(_Symbol,PERIOD_M5,MODE_VOLUME)>=0 && iLowest(_Symbol,PERIOD_M5,MODE_CLOSE,0)==-1 && iLowest(_Symbol,PERIOD_M5,MODE_OPEN,5,-1)==-1,"of all bars, and of none");
   Near(MathArcsinh(MathSinh(0.5)),0.5,"MathArcsinh");
   Near(MathArccosh(MathCosh(0.5)),0.5,"MathArccosh");
   Near(MathArctanh(MathTanh(0.5)),0.5,"MathArctanh");
   Check(PRICE_CLOSE==1 && PRICE_WEIGHTED==7 && MODE_EMA==1 && EnumToString(MODE_HIGH)=="MODE_HIGH","names of prices and averages");
  }
