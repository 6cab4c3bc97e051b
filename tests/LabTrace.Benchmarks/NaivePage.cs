namespace LabTrace.Benchmarks;

/// <summary>How one would walk a sub-buffer without thinking of speed.</summary>
internal static class NaivePage
{
    public static long Sum(BinaryReader reader, long page)
    {
        long sum = 0;
        reader.BaseStream.Position = page;
        var time = reader.ReadUInt64();
        var end = page + 16 + (reader.ReadInt64() & 0x7ffffff);
        while (reader.BaseStream.Position < end)
        {
            var header = reader.ReadUInt32();
            var type = header & 31;
            if (type == 29)
            {
                break;
            }

            if (type == 30)
            {
                time += (header >> 5) + ((ulong)reader.ReadUInt32() << 27);
                continue;
            }

            time += header >> 5;
            var length = type == 0 ? reader.ReadInt32() - 4 : (int)type * 4;
            var payload = reader.ReadBytes(length);
            sum += (long)time + BitConverter.ToUInt16(payload, 0) + BitConverter.ToInt32(payload, 4);
        }

        return sum;
    }
}
