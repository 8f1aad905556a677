#!/bin/bash
set -euo pipefail
dnf install -y docker
systemctl enable --now docker
mkdir -p /opt/shop
cat > /opt/shop/compose.yaml <<'EOF'
services:
  web:
    image: registry.example.com/shop/web:4.2
    ports:
      - "80:8080"
    environment:
      REDIS_URL: redis://cache:6379/0
      LOG_LEVEL: info
    depends_on: [cache]
    mem_limit: 512m
    restart: unless-stopped
  worker:
    image: registry.example.com/shop/web:4.2
    command: ["bin/work", "--queue", "default"]
    environment:
      REDIS_URL: redis://cache:6379/0
    depends_on: [cache]
    mem_limit: 256m
    restart: unless-stopped
  cache:
    image: redis:7.4
    volumes:
      - cache:/data
    mem_limit: 128m
volumes:
  cache:
EOF
docker compose -f /opt/shop/compose.yaml up -d
