PRAGMA application_id = 1668704878;
PRAGMA user_version = 1;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE seal (
    hash TEXT PRIMARY KEY,
    wave TEXT NOT NULL,
    parent TEXT REFERENCES seal (hash),
    canonical TEXT NOT NULL,
    sealed_at INTEGER NOT NULL,
    sealed_by TEXT NOT NULL
) STRICT;
INSERT INTO seal VALUES('6eae1a9f0d0ea528cc9aaf66fe2689ef621927961635244a8e411aeb381d446f','wave-1',NULL,'{"drivers":"one-machine","parent":null,"schema":"caravan.wave/v1","shifts":[{"by_hand":[],"in_flight":30,"new":[{"address":"new-rates:443","host":"track.example.com","path":"/healthz","status":[200,299],"timeout_ms":2000,"tls":true}],"old":[{"address":"old-rates:443","host":"track.example.com","path":"/healthz","status":[200,299],"timeout_ms":2000,"tls":true}],"original":{"rules":[{"backendRefs":[{"group":"gateway.envoyproxy.io","kind":"Backend","name":"rates-legacy","port":443}],"matches":[{"path":{"type":"PathPrefix","value":"/"}}]}]},"stages":[{"approval":false,"gate":{"bake_ms":0,"every_ms":100,"rounds":1},"image":{"rules":[{"backendRefs":[{"group":"gateway.envoyproxy.io","kind":"Backend","name":"rates-legacy","port":443,"weight":100},{"group":"","kind":"Service","name":"rates","port":80,"weight":0}],"matches":[{"path":{"type":"PathPrefix","value":"/"}}]}]},"percent":0,"undo":{"reversible":{"leaves":["what the new side wrote"]}}},{"approval":false,"gate":{"bake_ms":0,"every_ms":100,"rounds":1},"image":{"rules":[{"backendRefs":[{"group":"gateway.envoyproxy.io","kind":"Backend","name":"rates-legacy","port":443,"weight":0},{"group":"","kind":"Service","name":"rates","port":80,"weight":100}],"matches":[{"path":{"type":"PathPrefix","value":"/"}}]}]},"percent":100,"undo":{"reversible":{"leaves":["what the new side wrote"]}}}],"target":{"route":{"cluster":"main","name":"rates","namespace":"team-rates"}},"workload":"ecs/123456789012/eu-central-1/main/rates"}],"wave":"wave-1"}',0,'tests');
CREATE TABLE approval (
    hash TEXT NOT NULL REFERENCES seal (hash),
    who TEXT NOT NULL,
    at INTEGER NOT NULL,
    reason TEXT,
    PRIMARY KEY (hash, who)
) STRICT, WITHOUT ROWID;
INSERT INTO approval VALUES('6eae1a9f0d0ea528cc9aaf66fe2689ef621927961635244a8e411aeb381d446f','olivia',1000,'evidence read');
CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL REFERENCES seal (hash),
    code_version TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
INSERT INTO run VALUES(1,'r1','6eae1a9f0d0ea528cc9aaf66fe2689ef621927961635244a8e411aeb381d446f','0.1.0',0);
INSERT INTO run VALUES(2,'r2','6eae1a9f0d0ea528cc9aaf66fe2689ef621927961635244a8e411aeb381d446f','0.1.0',0);
CREATE TABLE event (
    position INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    sequence INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    payload TEXT NOT NULL,
    chain BLOB NOT NULL,
    UNIQUE (run, sequence)
) STRICT;
INSERT INTO event VALUES(1,1,1,1,'{"started":{"who":"olivia","epoch":1,"at":0}}',X'00413a5c2e71815a84772753a114308b28320e94a20478215a37806c375898a9');
INSERT INTO event VALUES(2,1,2,1,'{"replied":{"reply":{"Ok":{"owned":[]}},"at":70}}',X'5b653fdd82a419293a6b606d3ee026cc1d2486391ebd58db413a62485b92b27a');
INSERT INTO event VALUES(3,1,3,1,'{"replied":{"reply":{"Ok":{"observed":{"image":{"rules":[{"backendRefs":[{"group":"gateway.envoyproxy.io","kind":"Backend","name":"rates-legacy","port":443}],"matches":[{"path":{"type":"PathPrefix","value":"/"}}]}]},"marker":null}}},"at":120}}',X'65e5035e2ffea7207bbe3bb349da83862ef9ce297eddf3e6ae7bdf185d9cb53c');
INSERT INTO event VALUES(4,1,4,1,'{"replied":{"reply":{"Ok":{"probed":"pass"}},"at":170}}',X'943cc00b68985f6e7926df15cd59a97d074455f15fa767738b0764d49226e830');
INSERT INTO event VALUES(5,1,5,1,'{"replied":{"reply":{"Ok":{"probed":"pass"}},"at":220}}',X'a95e9915eec3929ab561cf991ec3c6fb6aa8f3318143fe5a051ba4041c9c2589');
INSERT INTO event VALUES(6,1,6,1,'{"intended":{"write":{"target":{"route":{"cluster":"main","namespace":"team-rates","name":"rates"}},"before":{"rules":[{"backendRefs":[{"group":"gateway.envoyproxy.io","kind":"Backend","name":"rates-legacy","port":443}],"matches":[{"path":{"type":"PathPrefix","value":"/"}}]}]},"after":{"rules":[{"backendRefs":[{"group":"gateway.envoyproxy.io","kind":"Backend","name":"rates-legacy","port":443,"weight":100},{"group":"","kind":"Service","name":"rates","port":80,"weight":0}],"matches":[{"path":{"type":"PathPrefix","value":"/"}}]}]},"marker_before":null,"marker_after":"r1/1/1","in_flight":30}}}',X'2e4019233503cfebe259cbab49faaf2a70d0725a1041682ede74d2f533fd0c26');
INSERT INTO event VALUES(7,1,7,1,'{"replied":{"reply":{"Ok":{"accepted":{"ticket":null}}},"at":270}}',X'788338dc7777ae742e0fcd56c3b45e0611ed4826c8bf98f48ee594fb55893494');
INSERT INTO event VALUES(8,1,8,1,'{"replied":{"reply":{"Ok":{"observed":{"image":{"rules":[{"backendRefs":[{"group":"gateway.envoyproxy.io","kind":"Backend","name":"rates-legacy","port":443,"weight":100},{"group":"","kind":"Service","name":"rates","port":80,"weight":0}],"matches":[{"path":{"type":"PathPrefix","value":"/"}}]}]},"marker":"r1/1/1"}}},"at":320}}',X'07219f9dfeea72ea34b48a97f3680fb33840ba8c61499ff9929e06108462a4e7');
INSERT INTO event VALUES(9,1,9,1,'{"replied":{"reply":{"Ok":{"probed":"pass"}},"at":370}}',X'814425a326554940230bdc641fee4393ca763c1bbc6bb9e640c0030c08af7774');
INSERT INTO event VALUES(10,1,10,1,'{"replied":{"reply":{"Ok":{"observed":{"image":{"rules":[{"backendRefs":[{"group":"gateway.envoyproxy.io","kind":"Backend","name":"rates-legacy","port":443,"weight":100},{"group":"","kind":"Service","name":"rates","port":80,"weight":0}],"matches":[{"path":{"type":"PathPrefix","value":"/"}}]}]},"marker":"r1/1/1"}}},"at":420}}',X'32699801a95fcc1b530973aec450c8c1d8f3878fb59417316c3f00256f9e8ef3');
INSERT INTO event VALUES(11,1,11,1,'{"replied":{"reply":{"Ok":{"probed":"pass"}},"at":470}}',X'715c321a7250f18bd9e9d175029e7fea9b0942cb482604f41315a8b52e5ca93b');
INSERT INTO event VALUES(12,1,12,1,'{"replied":{"reply":{"Ok":{"probed":"pass"}},"at":520}}',X'cb1b8ab936d936ec7658b6a1ff357020fd16f69417a4c774c71d94a28e4dc7b8');
INSERT INTO event VALUES(13,1,13,1,'{"intended":{"write":{"target":{"route":{"cluster":"main","namespace":"team-rates","name":"rates"}},"before":{"rules":[{"backendRefs":[{"group":"gateway.envoyproxy.io","kind":"Backend","name":"rates-legacy","port":443,"weight":100},{"group":"","kind":"Service","name":"rates","port":80,"weight":0}],"matches":[{"path":{"type":"PathPrefix","value":"/"}}]}]},"after":{"rules":[{"backendRefs":[{"group":"gateway.envoyproxy.io","kind":"Backend","name":"rates-legacy","port":443,"weight":0},{"group":"","kind":"Service","name":"rates","port":80,"weight":100}],"matches":[{"path":{"type":"PathPrefix","value":"/"}}]}]},"marker_before":"r1/1/1","marker_after":"r1/1/2","in_flight":30}}}',X'534317138d4d42546e5091d78f0487b29f7d8895595587c758a506ddda45c4e6');
INSERT INTO event VALUES(14,1,14,1,'{"replied":{"reply":{"Ok":{"accepted":{"ticket":null}}},"at":570}}',X'fd12c5ad1c1592f5a1834468eccfbb8672a5ef60d007f0dd5ce8465d824464fd');
INSERT INTO event VALUES(15,1,15,1,'{"replied":{"reply":{"Ok":{"observed":{"image":{"rules":[{"backendRefs":[{"group":"gateway.envoyproxy.io","kind":"Backend","name":"rates-legacy","port":443,"weight":0},{"group":"","kind":"Service","name":"rates","port":80,"weight":100}],"matches":[{"path":{"type":"PathPrefix","value":"/"}}]}]},"marker":"r1/1/2"}}},"at":620}}',X'af8859afbebc7b292d9208763d4144b7d21a2d951912169d4be124fd56235531');
INSERT INTO event VALUES(16,1,16,1,'{"replied":{"reply":{"Ok":{"probed":"pass"}},"at":670}}',X'71c4c5c73ae5b8dd952415a434f665c5481119667aaa33a8a79cb1b5ce5c01a9');
INSERT INTO event VALUES(17,1,17,2,'{"taken-over":{"epoch":2,"at":670}}',X'780b8d216c094a2225f179d122f27d3ec385815d9b599ae8360f05bdf75206c3');
INSERT INTO event VALUES(18,1,18,2,'{"aborted":{"who":"somebody","at":670}}',X'64a3e400052819b442cfc4717af5deb2a1ca8432f8c23c0d1c5e285c68239a80');
INSERT INTO event VALUES(19,1,19,2,'{"replied":{"reply":{"Ok":{"observed":{"image":{"rules":[{"backendRefs":[{"group":"gateway.envoyproxy.io","kind":"Backend","name":"rates-legacy","port":443,"weight":0},{"group":"","kind":"Service","name":"rates","port":80,"weight":100}],"matches":[{"path":{"type":"PathPrefix","value":"/"}}]}]},"marker":"r1/1/2"}}},"at":720}}',X'3e29216a29fec5b820176bec887264ab909905bdf4e83b3c857d35d3a1cd1d55');
INSERT INTO event VALUES(20,1,20,2,'{"intended":{"write":{"target":{"route":{"cluster":"main","namespace":"team-rates","name":"rates"}},"before":{"rules":[{"backendRefs":[{"group":"gateway.envoyproxy.io","kind":"Backend","name":"rates-legacy","port":443,"weight":0},{"group":"","kind":"Service","name":"rates","port":80,"weight":100}],"matches":[{"path":{"type":"PathPrefix","value":"/"}}]}]},"after":{"rules":[{"backendRefs":[{"group":"gateway.envoyproxy.io","kind":"Backend","name":"rates-legacy","port":443,"weight":0},{"group":"","kind":"Service","name":"rates","port":80,"weight":100}],"matches":[{"path":{"type":"PathPrefix","value":"/"}}]}]},"marker_before":"r1/1/2","marker_after":"r1/2/3","in_flight":30}}}',X'297436a658a56228efc4864cada3d73195c6fbdf8841e30146618f57268dfb09');
INSERT INTO event VALUES(21,1,21,2,'{"replied":{"reply":{"Ok":{"accepted":{"ticket":null}}},"at":770}}',X'c031b52cccafc682bce78f20218b5b8eab96f59f78e07ad8c981c444fc2c2fcc');
INSERT INTO event VALUES(22,1,22,2,'{"replied":{"reply":{"Ok":{"observed":{"image":{"rules":[{"backendRefs":[{"group":"gateway.envoyproxy.io","kind":"Backend","name":"rates-legacy","port":443,"weight":0},{"group":"","kind":"Service","name":"rates","port":80,"weight":100}],"matches":[{"path":{"type":"PathPrefix","value":"/"}}]}]},"marker":"r1/2/3"}}},"at":820}}',X'c6b8be27ad1fc6de4a340dd286b12489ff13dcc42737b7256a5d575d91c65748');
INSERT INTO event VALUES(23,1,23,2,'{"replied":{"reply":{"Ok":{"observed":{"image":{"rules":[{"backendRefs":[{"group":"gateway.envoyproxy.io","kind":"Backend","name":"rates-legacy","port":443,"weight":0},{"group":"","kind":"Service","name":"rates","port":80,"weight":100}],"matches":[{"path":{"type":"PathPrefix","value":"/"}}]}]},"marker":"r1/2/3"}}},"at":870}}',X'5241f58dbab5f22b3e19a9a6bd92467c37f8f4d4defbf67520945bc292c57b89');
INSERT INTO event VALUES(24,1,24,2,'{"replied":{"reply":{"Ok":{"probed":"pass"}},"at":920}}',X'631ed474863614dadc7c93e3e09c651a621d40455a382cd5b67b1f12c4435590');
INSERT INTO event VALUES(25,1,25,2,'{"intended":{"write":{"target":{"route":{"cluster":"main","namespace":"team-rates","name":"rates"}},"before":{"rules":[{"backendRefs":[{"group":"gateway.envoyproxy.io","kind":"Backend","name":"rates-legacy","port":443,"weight":0},{"group":"","kind":"Service","name":"rates","port":80,"weight":100}],"matches":[{"path":{"type":"PathPrefix","value":"/"}}]}]},"after":{"rules":[{"backendRefs":[{"group":"gateway.envoyproxy.io","kind":"Backend","name":"rates-legacy","port":443}],"matches":[{"path":{"type":"PathPrefix","value":"/"}}]}]},"marker_before":"r1/2/3","marker_after":null,"in_flight":30}}}',X'b2eaba63781d22fd2f17bd9761f3f9f84d0f731abf9c055ec8300e606df607db');
INSERT INTO event VALUES(26,1,26,2,'{"replied":{"reply":{"Ok":{"accepted":{"ticket":null}}},"at":970}}',X'7e3927fa0d0c515a2196880335f39b45e8de2c0e2c1ae6c302b198e6a98da508');
INSERT INTO event VALUES(27,1,27,2,'{"replied":{"reply":{"Ok":{"observed":{"image":{"rules":[{"backendRefs":[{"group":"gateway.envoyproxy.io","kind":"Backend","name":"rates-legacy","port":443}],"matches":[{"path":{"type":"PathPrefix","value":"/"}}]}]},"marker":null}}},"at":1020}}',X'e385cc5b0da58c9eaa8dfe0fca9bf97b6b777677f8fc1e4faf532f316d77022b');
CREATE TABLE lease (
    run INTEGER PRIMARY KEY REFERENCES run (id),
    driver TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT;
INSERT INTO lease VALUES(1,'laptop',2,0);
CREATE TABLE wish (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    kind TEXT NOT NULL,
    who TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
INSERT INTO wish VALUES(1,2,'pause','somebody',1020);
CREATE UNIQUE INDEX seal_chain ON seal (wave, ifnull(parent, ''));
CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER event_is_never_taken_away BEFORE DELETE ON event
BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
CREATE INDEX wish_of_run ON wish (run);
COMMIT;
