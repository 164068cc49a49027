"""Servidor que grita."""
