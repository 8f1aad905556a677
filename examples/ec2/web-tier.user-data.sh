#!/bin/bash
set -e
VERSION=2.7.1
yum install -y docker
service docker start
aws ecr get-login-password --region eu-west-1 | docker login --username AWS --password-stdin 111122223333.dkr.ecr.eu-west-1.amazonaws.com
DB_PASSWORD=$(aws ssm get-parameter --name /prod/web/db --with-decryption --query Parameter.Value --output text)
docker run -d --name web --restart always \
  -p 80:8080 \
  -e LOG_LEVEL=info -e DB_PASSWORD="$DB_PASSWORD" \
  -m 768m --cpus 0.5 \
  -u 1000:1000 --read-only --tmpfs /tmp \
  --ulimit nofile=65536:65536 --log-driver awslogs --log-opt awslogs-group=web \
  111122223333.dkr.ecr.eu-west-1.amazonaws.com/web:$VERSION serve --port 8080
