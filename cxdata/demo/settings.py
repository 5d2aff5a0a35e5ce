"""The demo company's day and its `cx.toml`."""

from __future__ import annotations

from datetime import date

AS_OF = date(2026, 11, 18)
"""Day on which the demo's exports were made; November 2026 is its unfinished month."""

CONFIG = """\
# Settings of the demo: Rueda, a fictional shop for bicycles with a service subscription.
# All settings with their defaults: python -m cxdata templates FOLDER

company = "Rueda"
time_zone = "Europe/Madrid"
currency = "EUR"

[labels]
product_use = "Riding the bicycle"

[labels.es]
website = "Sitio web"
checkout = "Compra"
delivery = "Entrega"
unboxing = "Desembalaje"
product_use = "Uso de la bicicleta"
app = "Aplicación"
workshop = "Taller"
support_call = "Atención telefónica"
support_chat = "Atención por chat"
returns = "Devoluciones"
billing = "Facturación"
renewal = "Renovación"
store = "Tienda"
web = "Web"
courier = "Mensajería"
phone = "Teléfono"
chat = "Chat"
email = "Correo"
sms = "SMS"
home = "A domicilio"
Commuter = "Diario"
Family = "Familia"
Sport = "Deporte"
Student = "Estudiantes"
Courier = "Reparto"
Basic = "Básico"
Plus = "Plus"
Premium = "Premium"
"Practical Paula" = "Paula, la práctica"
"Careful Carmen" = "Carmen, la prudente"
"Newcomer Nora" = "Nora, la recién llegada"
"Fast Félix" = "Félix, el rápido"
"""
