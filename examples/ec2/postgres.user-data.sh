#!/bin/bash
dnf install -y postgresql16-server
postgresql-setup --initdb
systemctl enable --now postgresql
