<powershell>
Install-WindowsFeature -Name RDS-RD-Server
</powershell>
