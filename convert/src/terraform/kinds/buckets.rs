//! S3 buckets and their policies: `aws_s3_bucket`, `aws_s3_bucket_policy`.
//!
//! Everything else of a bucket (versions, encryption, lifecycle, public access) is a resource of its own in Terraform, was
//! not read, and stays as it is. Source: S3 ListBuckets, GetBucketTagging, GetBucketPolicy; the arguments of hashicorp/aws.

use super::{Carried, Context};
use crate::terraform::draft::Draft;
use crate::terraform::fields::{Fields, Held};
use crate::terraform::hcl::Value;
use caravan_inventory::ObservationKind as Kind;

pub(super) fn carry(context: &Context<'_>) -> Result<Carried, String> {
    let Context { resource, location, .. } = context;
    let mut fields = Fields::new(&resource.observation);
    let mut bucket = Draft::new("aws_s3_bucket", &resource.name, location, true, &resource.observation.id);
    bucket.text(&mut fields, "/Name", "bucket")?;
    bucket.tags(&mut fields, "/TagSet");
    fields.dropped("/CreationDate", "describe-only");
    fields.dropped("/BucketArn", "describe-only");
    fields.exact("/BucketRegion", &format!("{}.provider", bucket.address()));
    let address = bucket.address();
    let mut carried = Carried::default();
    let from = fields.from("/Name");
    carried.take(bucket.finish(resource.name.clone(), &from), fields);
    for part in &resource.parts {
        let kept = resource.kept_part(part);
        let refused = match part.kind {
            Kind::BucketPolicy if kept.is_some() => kept.unwrap_or_default(),
            Kind::BucketPolicy => {
                let mut fields = Fields::new(part);
                match fields.held("/Policy") {
                    Held::Value(document) => {
                        let document = Value::Json(Box::new(Value::of_json(document)));
                        let mut policy = Draft::new("aws_s3_bucket_policy", &resource.name, location, true, &part.id);
                        let name = Value::Expression(format!("{address}.bucket"));
                        policy.set(&mut fields, "/Bucket", "bucket", name);
                        policy.set(&mut fields, "/Policy", "policy", document);
                        let from = fields.from("/Bucket");
                        carried.take(policy.finish(resource.name.clone(), &from), fields);
                        continue;
                    }
                    Held::Missing => "it holds no policy".to_owned(),
                    Held::Redacted => "a part of the policy was not recorded, since it may be a secret".to_owned(),
                }
            }
            Kind::BucketNotifications => "notifications of buckets are not written yet".to_owned(),
            _ => continue,
        };
        carried.documents.push((part.id.clone(), Fields::refused(part, &refused)));
        carried.refused.push((part.id.clone(), refused));
    }
    Ok(carried)
}
