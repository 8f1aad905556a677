-- Units and kept reads say whose API it is. Until now only the text of a unit's id told: its first part is the provider.
-- A read was always AWS's.

ALTER TABLE unit ADD COLUMN provider TEXT NOT NULL DEFAULT 'aws';

UPDATE unit SET provider = CASE
    WHEN id GLOB 'cloudflare/*' THEN 'cloudflare'
    WHEN id GLOB 'files/*' THEN 'files'
    WHEN id GLOB 'aws/*' OR account IS NOT NULL THEN 'aws'
    ELSE 'files'
END;

-- A read's account and region become its scope. The keys stand in the order in which reads are written, so that a read
-- which was made before and is named again is known to be the same. What a file has in place of a read is no JSON.
UPDATE work SET request = json_object(
    'read', json_object(
        'scope', json_object(
            'provider', 'aws',
            'account', json_extract(request, '$.read.account'),
            'region', json_extract(request, '$.read.region')
        ),
        'api', json_extract(request, '$.read.api'),
        'input', json(json_extract(request, '$.read.input')),
        'token', json_extract(request, '$.read.token')
    ),
    'member', json_extract(request, '$.member'),
    'carried', json(json_extract(request, '$.carried'))
) WHERE CASE WHEN json_valid(request) THEN json_type(request, '$.read.account') = 'text' ELSE FALSE END;
