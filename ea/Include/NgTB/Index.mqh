// Texts found by their hash: open addressing, no removals.

struct NgIndex
  {
   string            keys[];
   long              values[];
   int               used;
  };

void IndexClear(NgIndex &index)
  {
   ArrayResize(index.keys, 0);
   ArrayResize(index.values, 0);
   index.used = 0;
  }

// The place of this key, or the free one where it belongs.
int IndexPlace(const NgIndex &index, const string key)
  {
   int size = ArraySize(index.keys);
   uint hash = 2166136261;
   int length = StringLen(key);
   for(int at = 0; at < length; at++)
      hash = (hash ^ (uint)StringGetCharacter(key, at)) * 16777619;
   int place = (int)(hash % (uint)size);
   while(index.keys[place] != "" && index.keys[place] != key)
      place = (place + 1) % size;
   return place;
  }

long IndexGet(const NgIndex &index, const string key, const long otherwise)
  {
   if(index.used == 0 || key == "")
      return otherwise;
   int place = IndexPlace(index, key);
   return index.keys[place] == key ? index.values[place] : otherwise;
  }

void IndexSet(NgIndex &index, const string key, const long value)
  {
   if(key == "")
      return;
   if(index.used * 2 >= ArraySize(index.keys))
      IndexGrow(index);
   int place = IndexPlace(index, key);
   if(index.keys[place] == "")
     {
      index.used++;
      index.keys[place] = key;
     }
   index.values[place] = value;
  }

void IndexGrow(NgIndex &index)
  {
   string keys[];
   long values[];
   int size = ArraySize(index.keys);
   ArrayResize(keys, size);
   ArrayResize(values, size);
   for(int at = 0; at < size; at++)
     {
      keys[at] = index.keys[at];
      values[at] = index.values[at];
     }
   int larger = size < 64 ? 64 : size * 4;
   ArrayResize(index.keys, larger);
   ArrayResize(index.values, larger);
   for(int at = 0; at < larger; at++)
     {
      index.keys[at] = "";
      index.values[at] = 0;
     }
   index.used = 0;
   for(int at = 0; at < size; at++)
     {
      if(keys[at] == "")
         continue;
      int place = IndexPlace(index, keys[at]);
      index.keys[place] = keys[at];
      index.values[place] = values[at];
      index.used++;
     }
  }

long LargerOf(const long one, const long other)
  {
   return one > other ? one : other;
  }
