#!/bin/bash
apt-get update && apt-get install -y nfs-kernel-server
echo "/srv 10.0.0.0/16(rw,sync)" > /etc/exports
exportfs -ra
