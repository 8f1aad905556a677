-- Edges say which way data goes, where what was read says so.

ALTER TABLE edge ADD COLUMN direction TEXT;
