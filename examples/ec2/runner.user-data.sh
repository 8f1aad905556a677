#!/bin/bash
mkdir -p /opt/runner && cd /opt/runner
curl -sL https://github.com/actions/runner/releases/download/v2.330.0/actions-runner-linux-x64-2.330.0.tar.gz -o runner.tar.gz
tar xzf runner.tar.gz
./svc.sh install
