int g_part=1;
