from .nucleo import ligar

ligar(65432)
