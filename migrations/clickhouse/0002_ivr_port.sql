-- The port of an IVR campaign that had the attempt.
ALTER TABLE call_attempt ADD COLUMN IF NOT EXISTS ivr_port Nullable(UInt16);
