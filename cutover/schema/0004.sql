-- Why a person wants it, what the giver of an approval was shown (step, stage and entry, as JSON), and why a driver
-- refused it: one that is refused stays, for people to see.
ALTER TABLE command ADD COLUMN reason TEXT;
ALTER TABLE command ADD COLUMN shown TEXT;
ALTER TABLE command ADD COLUMN refused TEXT;
-- A driver's last sign of life.
ALTER TABLE lease ADD COLUMN renewed INTEGER;
